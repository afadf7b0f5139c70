import { type Awaitable, isPromise } from '../../src/base/awaitable.ts';
import type { Clock } from '../../src/base/clock.ts';
import { Lru } from '../../src/base/lru.ts';
import type { Session, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { Member } from '../directory/member.ts';
import type { IdentityStore, SeenSession, StoredHandle } from '../ports.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import { asBacked, endOf, isSame } from './backed-session.ts';
import type { CachedHandle, SessionCache } from './cache.ts';
import type { LastSeen } from './last-seen.ts';

/** What a handle stands for. `unknown` also when its session is gone or its user is not in the Directory. */
export type Resolution =
  | { readonly kind: 'resolved'; readonly handle: StoredHandle; readonly principal: IdentifiedPrincipal }
  | { readonly kind: 'unknown' | 'expired' };

/** How a session stands that was shown before. */
export type SessionStanding =
  | { readonly kind: 'resolved'; readonly principal: IdentifiedPrincipal }
  | { readonly kind: 'unknown' | 'expired' };

interface ReadAgain {
  readonly seen: SeenSession | null;
  readonly readAt: number;
}

export interface ResolverDeps {
  readonly store: IdentityStore;
  readonly cache: SessionCache;
  readonly clock: Clock;
  readonly lastSeen: LastSeen;
  /** Told of the sessions that are used, now and then. */
  readonly used?: (session: Session) => void;
  /**
   * How long an entry is used without asking the store again, in milliseconds: the longest time that a revocation
   * by another process stays unnoticed. Revocations by this process are noticed at once.
   */
  readonly recheckAfterMs?: number;
}

const RECHECK_AFTER_MS = 1000;
/** A session that is used is written down so often, in milliseconds, and four times within its idle time. */
const NOTED_EVERY_MS = 60_000;

const UNKNOWN = { kind: 'unknown' } as const;
const EXPIRED = { kind: 'expired' } as const;

/** From the hash of a handle to whoever acts with it. */
export class SessionResolver {
  readonly #deps: ResolverDeps;
  readonly #recheckAfter: number;
  readonly #again = new Lru<string, ReadAgain>(10_000);

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
    const now = this.#deps.clock.now();
    if (!(now < entry.expiresAt) || now - entry.seenAt >= entry.idle) return EXPIRED;
    const { handle, principal } = entry;
    if (principal === null) return UNKNOWN;
    if (now - entry.seenAt >= Math.min(NOTED_EVERY_MS, entry.idle / 4)) this.#note(entry, now);
    return { kind: 'resolved', handle, principal };
  }

  #note(entry: CachedHandle, now: number): void {
    entry.seenAt = now;
    this.#deps.lastSeen.note(entry.session.metadata.uid, now);
  }

  /**
   * Who acts in a session, however it was shown at first, for what stays open. That it stays open is no use of it.
   * Gives `unknown` when the session has ended.
   */
  async again(uid: string, directory: Directory): Promise<SessionStanding> {
    const { store, clock } = this.#deps;
    const known = this.#again.get(uid);
    const isFresh = known !== undefined && clock.monotonic() - known.readAt <= this.#recheckAfter;
    const readAt = isFresh ? known.readAt : clock.monotonic();
    const seen = isFresh ? known.seen : await store.sessions.get(uid);
    this.#again.set(uid, { seen, readAt });
    if (seen !== null) this.#deps.used?.(seen.session);
    return seen === null ? UNKNOWN : standing(seen, directory, clock.now());
  }

  /**
   * When time alone ends a session that `again` has looked at, in milliseconds since 1970, unless it is used or changed
   * before; `null`: nothing is known of it.
   */
  endOf(uid: string, directory: Directory): number | null {
    const seen = this.#again.get(uid)?.seen ?? null;
    const principal = seen === null ? null : findPrincipal(seen.session, directory);
    return seen === null || principal === null ? null : endWithoutUse(seen, principal, directory);
  }

  /** It has changed: what was read of it counts no more. */
  forget(uid: string): void {
    this.#again.delete(uid);
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

  #keep(handle: StoredHandle, seen: SeenSession | null, epoch: number, readAt: number): CachedHandle | null {
    if (seen === null) return null;
    const { session, seenAt } = seen;
    this.#deps.used?.(session);
    const expiresAt = Math.min(handle.expiresAt, endOf(session));
    const idle = Number.POSITIVE_INFINITY;
    const entry: CachedHandle = { handle, session, expiresAt, seenAt, idle, readAt, directory: null, principal: null };
    this.#deps.cache.put(entry, epoch);
    return entry;
  }
}

function look(entry: CachedHandle, directory: Directory): void {
  if (entry.directory === directory) return;
  entry.principal = findPrincipal(entry.session, directory);
  entry.expiresAt = Math.min(entry.handle.expiresAt, endOf(entry.principal?.session ?? entry.session));
  entry.idle = idleOf(entry.principal, directory);
  entry.directory = directory;
}

/** Tokens of programs have no idle time: nobody is there to sign in again. */
function idleOf(principal: IdentifiedPrincipal | null, directory: Directory): number {
  if (principal?.session.status.isBrowser !== true) return Number.POSITIVE_INFINITY;
  return directory.sessionTermsOf(principal.user).idle;
}

function standing(seen: SeenSession, directory: Directory, now: number): SessionStanding {
  const principal = findPrincipal(seen.session, directory);
  if (principal === null) return UNKNOWN;
  return now < endWithoutUse(seen, principal, directory) ? { kind: 'resolved', principal } : EXPIRED;
}

function endWithoutUse({ seenAt }: SeenSession, principal: IdentifiedPrincipal, directory: Directory): number {
  return Math.min(endOf(principal.session), seenAt + idleOf(principal, directory));
}

function findPrincipal(stored: Session, directory: Directory): IdentifiedPrincipal | null {
  const user = directory.user(stored.status.userRef.name);
  if (user === null || !isSame(stored.status.userRef, user)) return null;
  const session = mayActorAct(stored, directory) ? asBacked(stored, directory) : null;
  if (session === null) return null;
  const member = memberIn(session, user, directory);
  if (member === null) return null;
  const kind = user.spec.type === 'HUMAN' ? 'human' : 'workload';
  return { kind, ...member, session, device: null };
}

/** Whoever acts for another with a token has to be somebody who may act. */
function mayActorAct({ status: { actor } }: Session, directory: Directory): boolean {
  if (actor === undefined) return true;
  const user = directory.user(actor.userRef.name);
  return user !== null && user.spec.isDisabled !== true && isSame(actor.userRef, user);
}

/** With a Group of the session that is gone nobody acts in it: a new sign-in maps anew. */
function memberIn({ status }: Session, user: User, directory: Directory): Member | null {
  const { groups } = status;
  return groups === undefined ? { user, groups: directory.groupsOf(user) } : directory.memberOf(user, groups);
}
