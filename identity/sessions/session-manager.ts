import type { Clock } from '../../src/base/clock.ts';
import { hashHandle, newHandle } from '../../src/base/ids.ts';
import type { Credential, Session, User } from '../../src/model/index.ts';
import type { IdentityStore } from '../ports.ts';
import type { SessionCache } from './cache.ts';
import { exchangedFor } from './exchanged.ts';
import type { SessionTerms } from './lifetime.ts';
import {
  newBrowserSession,
  newTokenSession,
  type RecognisedBy,
  type SignInOrigin,
  type TokenSession,
} from './new-session.ts';
import { SPACES_OF_SESSIONS, SPACES_OWNED_BY_SESSIONS } from './session-records.ts';

export interface SessionManagerDeps {
  readonly store: IdentityStore;
  readonly cache: SessionCache;
  readonly clock: Clock;
}

export interface SignedIn {
  readonly user: User;
  /** How the user was recognised. */
  readonly by: RecognisedBy;
  readonly origin: SignInOrigin;
  readonly terms: SessionTerms;
  /** What the provider's claims add to the Groups of the User. */
  readonly groups?: readonly string[];
  /** What else there is to say about the session before it begins. */
  readonly complete?: (session: Session) => Promise<Session>;
}

/** Makes and ends sessions. What it ends is unknown to this process's next request. */
export class SessionManager {
  readonly #deps: SessionManagerDeps;

  constructor(deps: SessionManagerDeps) {
    this.#deps = deps;
  }

  /** Always a session of its own: nothing that existed before the sign-in becomes more than it was. */
  async createForSignIn({ user, by, origin, terms, groups = [], complete }: SignedIn): Promise<Session> {
    const now = this.#deps.clock.now();
    const span = { now, expiresAt: now + terms.lifetime };
    const begun = newBrowserSession(user, by, origin, { ...span, state: terms.state, groups });
    const session = complete === undefined ? begun : await complete(begun);
    await this.#insert(session, terms.mostPerUser);
    return session;
  }

  /** @param expiresAt milliseconds since 1970 */
  createForCredential(credential: Credential, user: User, expiresAt: number): Promise<Session> {
    return this.createForToken({ user, credential, by: { type: 'CREDENTIAL' }, origin: null }, expiresAt);
  }

  /** @param expiresAt milliseconds since 1970 */
  async createForToken(token: TokenSession, expiresAt: number): Promise<Session> {
    const session = newTokenSession(token, { now: this.#deps.clock.now(), expiresAt });
    await this.#insert(session);
    return session;
  }

  /**
   * A token that acts in the session wherever it is shown. The store keeps its hash.
   * @param expiresAt milliseconds since 1970; with the session when left out
   */
  async addTokenHandle(
    session: Session,
    kind: 'access-token' | 'oauth2-token',
    token: string,
    expiresAt = Date.parse(session.spec.expiresAt),
  ): Promise<void> {
    await this.#deps.store.handles.put({
      hash: hashHandle(token),
      kind,
      sessionUid: session.metadata.uid,
      host: null,
      credential: session.status.credentialRef?.name ?? null,
      createdAt: this.#deps.clock.now(),
      expiresAt,
    });
  }

  /** Those that had to end for it are unknown everywhere at once. */
  async #insert(session: Session, most?: number): Promise<void> {
    const ended = await this.#deps.store.sessions.insert(session, most);
    for (const uid of ended) await this.#forget(uid);
    if (ended.length > 0) await this.#endExchanged(session.status.userRef.name, ended);
  }

  /** What was given for the tokens of sessions that have ended, or may do nothing any more, ends too. */
  async #endExchanged(userName: string, parents: readonly string[]): Promise<void> {
    const all = await this.#deps.store.sessions.list(userName);
    for (const session of exchangedFor(parents, all)) await this.#end(session);
  }

  async #end({ metadata }: Session): Promise<void> {
    await this.#deps.store.sessions.delete(metadata.uid);
    await this.#forget(metadata.uid);
  }

  async #forget(uid: string): Promise<void> {
    this.#deps.cache.dropSession(uid);
    const { records } = this.#deps.store;
    for (const space of SPACES_OF_SESSIONS) await records.delete(space, uid);
    for (const space of SPACES_OWNED_BY_SESSIONS) await records.deleteOfOwner(space, uid);
  }

  /** A handle that acts in the session on this one host. It is given once; the store keeps its hash. */
  async addBrowserHandle(session: Session, host: string): Promise<string> {
    const handle = newHandle();
    await this.#deps.store.handles.put({
      hash: hashHandle(handle),
      kind: 'browser',
      sessionUid: session.metadata.uid,
      host,
      credential: null,
      createdAt: this.#deps.clock.now(),
      expiresAt: Date.parse(session.spec.expiresAt),
    });
    return handle;
  }

  async removeHandle(hash: string): Promise<void> {
    await this.#deps.store.handles.delete(hash);
    this.#deps.cache.dropHandle(hash);
  }

  /** The sessions of everybody or of one user, the newest first; those that have expired are left out. */
  async list(userName?: string): Promise<Session[]> {
    const now = this.#deps.clock.now();
    const sessions = await this.#deps.store.sessions.list(userName);
    return sessions.filter((session) => now < Date.parse(session.spec.expiresAt));
  }

  /** A session that has not expired, by uid. */
  async find(uid: string): Promise<Session | null> {
    const session = (await this.#deps.store.sessions.get(uid))?.session ?? null;
    return session !== null && this.#deps.clock.now() < Date.parse(session.spec.expiresAt) ? session : null;
  }

  /**
   * Changes it as it is now, so that nothing that others change meanwhile is lost. What was exchanged for its token ends
   * where it may do nothing any more. `null`: it has ended.
   */
  async change(uid: string, to: (session: Session) => Session): Promise<Session | null> {
    const changed = await this.#deps.store.sessions.change(uid, to);
    this.#deps.cache.dropSession(uid);
    if (changed !== null && changed.spec.state !== 'ACTIVE') await this.#endOwnExchanged(changed);
    return changed;
  }

  /** Lets a session that waits in, or locks one out without ending it. `null`: there is none. */
  async setState(idOrName: string, state: Session['spec']['state']): Promise<Session | null> {
    const found = await this.#deps.store.sessions.find(idOrName);
    if (found === null || !(this.#deps.clock.now() < Date.parse(found.spec.expiresAt))) return null;
    return this.change(found.metadata.uid, (session) => ({ ...session, spec: { ...session.spec, state } }));
  }

  /**
   * Makes a session more than it was. Whoever holds a handle of before has the session no more, on no host: who goes
   * on is given a new one. `null`: it has ended meanwhile.
   */
  async raise(uid: string, to: (session: Session) => Session): Promise<Session | null> {
    await this.#deps.store.handles.deleteOfSession(uid);
    return this.change(uid, to);
  }

  /** Ends a session with every handle to it, on all hosts, and what its token was exchanged for. Gives the session, or `null` when there is none. */
  async revoke(idOrName: string): Promise<Session | null> {
    const session = await this.#deps.store.sessions.find(idOrName);
    if (session === null) return null;
    await this.#end(session);
    await this.#endOwnExchanged(session);
    return session;
  }

  /** Nothing is exchanged for a cookie. */
  async #endOwnExchanged({ metadata, status }: Session): Promise<void> {
    if (!status.isBrowser) await this.#endExchanged(status.userRef.name, [metadata.uid]);
  }

  /** Ends the sessions that a Credential made, and those that were exchanged for their tokens; gives how many. */
  async revokeOfCredential(credential: string): Promise<number> {
    const made = await this.sessionsOfCredential(credential);
    for (const session of made) await this.#end(session);
    await this.#deps.store.handles.deleteOfCredential(credential);
    return made.length;
  }

  async sessionsOfCredential(credential: string): Promise<Session[]> {
    const sessions = await this.#deps.store.sessions.list();
    return sessions.filter((session) => session.status.credentialRef?.name === credential);
  }

  /** Removes what has expired; gives how many sessions. For a timer. */
  async sweep(): Promise<number> {
    const now = this.#deps.clock.now();
    await this.#deps.store.signIns.deleteExpired(now);
    await this.#deps.store.records.deleteExpired(now);
    return this.#deps.store.sessions.deleteExpired(now);
  }
}
