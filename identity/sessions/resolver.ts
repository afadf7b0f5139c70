import { type Awaitable, isPromise } from '../../src/base/awaitable.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Session } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { IdentityStore, StoredHandle } from '../ports.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import { asBacked, endOf, isSame } from './backed-session.ts';
import type { CachedHandle, SessionCache } from './cache.ts';

/** What a handle stands for. `unknown` also when its session is gone or its user is not in the Directory. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly handle: StoredHandle; readonly principal: IdentifiedPrincipal }
  | { readonly kind: 'unknown' | 'expired' };

export interface ResolverDeps {
  readonly store: IdentityStore;
  readonly cache: SessionCache;
  readonly clock: Clock;
  /**
   * How long an entry is used without asking the store again, in milliseconds: the longest time that a revocation
   * by another process stays unnoticed. Revocations by this process are noticed at once.
   */
  readonly recheckAfterMs?: number;
}

const RECHECK_AFTER_MS = 1000;
const UNKNOWN: Resolution = { kind: 'unknown' };
const EXPIRED: Resolution = { kind: 'expired' };

/** From the hash of a handle to whoever acts with it. */
export class SessionResolver {
  readonly #deps: ResolverDeps;
  readonly #recheckAfter: number;

  constructor(deps: ResolverDeps) {
    this.#deps = deps;
    this.#recheckAfter = deps.recheckAfterMs ?? RECHECK_AFTER_MS;
  }

  /** Gives a value rather than a promise when the entry is known. Rejects or throws when the store fails. */
  resolve(hash: string, directory: Directory): Awaitable<Resolution> {
    const { cache, clock } = this.#deps;
    const known = cache.get(hash);
    if (known !== undefined && clock.monotonic() - known.readAt <= this.#recheckAfter)
      return this.#use(known, directory);
    const read = this.#read(hash);
    return isPromise(read) ? read.then((entry) => this.#use(entry, directory)) : this.#use(read, directory);
  }

  #use(entry: CachedHandle | null, directory: Directory): Resolution {
    if (entry === null) return UNKNOWN;
    look(entry, directory);
    if (!(this.#deps.clock.now() < entry.expiresAt)) return EXPIRED;
    const { handle, principal } = entry;
    return principal === null ? UNKNOWN : { kind: 'resolved', handle, principal };
  }

  #read(hash: string): Awaitable<CachedHandle | null> {
    const epoch = this.#deps.cache.epoch;
    const readAt = this.#deps.clock.monotonic();
    const handle = this.#deps.store.handles.get(hash);
    return isPromise(handle)
      ? handle.then((found) => this.#readSession(found, epoch, readAt))
      : this.#readSession(handle, epoch, readAt);
  }

  #readSession(handle: StoredHandle | null, epoch: number, readAt: number): Awaitable<CachedHandle | null> {
    if (handle === null) return null;
    const session = this.#deps.store.sessions.get(handle.sessionUid);
    return isPromise(session)
      ? session.then((found) => this.#keep(handle, found, epoch, readAt))
      : this.#keep(handle, session, epoch, readAt);
  }

  #keep(handle: StoredHandle, session: Session | null, epoch: number, readAt: number): CachedHandle | null {
    if (session === null) return null;
    const expiresAt = Math.min(handle.expiresAt, endOf(session));
    const entry: CachedHandle = { handle, session, expiresAt, readAt, directory: null, principal: null };
    this.#deps.cache.put(entry, epoch);
    return entry;
  }
}

function look(entry: CachedHandle, directory: Directory): void {
  if (entry.directory === directory) return;
  entry.principal = findPrincipal(entry.session, directory);
  entry.expiresAt = Math.min(entry.handle.expiresAt, endOf(entry.principal?.session ?? entry.session));
  entry.directory = directory;
}

function findPrincipal(stored: Session, directory: Directory): IdentifiedPrincipal | null {
  const user = directory.user(stored.status.userRef.name);
  if (user === null || !isSame(stored.status.userRef, user)) return null;
  const session = asBacked(stored, directory);
  if (session === null) return null;
  const kind = user.spec.type === 'HUMAN' ? 'human' : 'workload';
  return { kind, user, groups: directory.groupsOf(user), session, device: null };
}
