import { type Awaitable, isPromise } from '../../src/base/awaitable.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Session, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { IdentityStore, StoredHandle } from '../ports.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
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
    if (!(this.#deps.clock.now() < entry.expiresAt)) return EXPIRED;
    const principal = principalOf(entry, directory);
    return principal === null ? UNKNOWN : { kind: 'resolved', handle: entry.handle, principal };
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
    const expiresAt = Math.min(handle.expiresAt, Date.parse(session.spec.expiresAt));
    const entry: CachedHandle = { handle, session, expiresAt, readAt, directory: null, principal: null };
    this.#deps.cache.put(entry, epoch);
    return entry;
  }
}

function principalOf(entry: CachedHandle, directory: Directory): IdentifiedPrincipal | null {
  if (entry.directory !== directory) {
    entry.principal = findPrincipal(entry.session, directory);
    entry.directory = directory;
  }
  return entry.principal;
}

function findPrincipal(session: Session, directory: Directory): IdentifiedPrincipal | null {
  const user = directory.user(session.status.userRef.name);
  if (user === null || !isSameUser(session, user) || !isBacked(session, directory)) return null;
  const kind = user.spec.type === 'HUMAN' ? 'human' : 'workload';
  return { kind, user, groups: directory.groupsOf(user), session, device: null };
}

/** What a Credential made ends with it, however it went: by command, by apply, or out of a file. */
function isBacked({ status }: Session, directory: Directory): boolean {
  if (status.credentialRef === undefined) return true;
  const credential = directory.credential(status.credentialRef.name);
  if (credential === null || credential.spec.isDisabled === true) return false;
  return credential.spec.user === status.userRef.name;
}

/** A name may be given to somebody else after its User was deleted; the uid may not. */
function isSameUser(session: Session, user: User): boolean {
  const { uid } = session.status.userRef;
  return uid === undefined || user.metadata.uid === undefined || uid === user.metadata.uid;
}
