import { Lru } from '../../src/base/lru.ts';
import type { Session } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { StoredHandle } from '../ports.ts';
import type { IdentifiedPrincipal } from '../principal.ts';

/** A handle that the store knows, with its session and what was worked out from them. */
export interface CachedHandle {
  readonly handle: StoredHandle;
  readonly session: Session;
  /** Monotonic milliseconds of the moment before the store was asked. */
  readonly readAt: number;
  /** When the session was used last, in milliseconds since 1970, as far as that was written down. */
  seenAt: number;
  /** When the first of handle, session and Credential ends, in milliseconds since 1970; for `directory`. */
  expiresAt: number;
  /** The Directory that `principal` was looked up in; another generation has another Directory. */
  directory: Directory | null;
  /** Milliseconds without use after which it ends; `Infinity`: it does not. For `directory`. */
  idle: number;
  /** `null`: that Directory does not know the session's user. */
  principal: IdentifiedPrincipal | null;
}

/** Handles that were seen lately, by hash, so that a known browser costs no store call. Bounded. */
export class SessionCache {
  readonly #entries: Lru<string, CachedHandle>;
  readonly #sessionDropped: (uid: string) => void;
  #epoch = 0;

  /** @param sessionDropped told of every session that has ended or changed, known to this cache or not */
  constructor(capacity = 10_000, sessionDropped: (uid: string) => void = () => {}) {
    this.#entries = new Lru(capacity);
    this.#sessionDropped = sessionDropped;
  }

  /** Changes with every removal. Note it before asking the store and give it to `put`. */
  get epoch(): number {
    return this.#epoch;
  }

  get(hash: string): CachedHandle | undefined {
    return this.#entries.get(hash);
  }

  /** Keeps nothing that was read before a removal: it may be the very thing that was removed. */
  put(entry: CachedHandle, epoch: number): void {
    if (epoch === this.#epoch) this.#entries.set(entry.handle.hash, entry);
  }

  dropHandle(hash: string): void {
    this.#epoch++;
    this.#entries.delete(hash);
  }

  dropSession(uid: string): void {
    this.#epoch++;
    for (const [hash, entry] of this.#entries.entries()) {
      if (entry.session.metadata.uid === uid) this.#entries.delete(hash);
    }
    this.#sessionDropped(uid);
  }

  clear(): void {
    this.#epoch++;
    this.#entries.clear();
  }
}
