import type { Awaitable } from '../src/base/awaitable.ts';
import type { SecretValue } from '../src/base/secret-value.ts';
import type { Session } from '../src/model/index.ts';

/** The storage that identity needs; `src/store` implements it. Times are milliseconds since 1970. */
export interface IdentityStore {
  readonly sessions: SessionStore;
  readonly handles: HandleStore;
  readonly signIns: SignInStore;
}

export interface SessionStore {
  /** Inserts or replaces, by `metadata.uid`. */
  put(session: Session): Awaitable<void>;
  get(uid: string): Awaitable<Session | null>;
  /** By uid or by name. */
  find(idOrName: string): Awaitable<Session | null>;
  /** All of them, or one user's, the newest first. */
  list(userName?: string): Awaitable<Session[]>;
  /** Removes the session and every handle to it in one transaction. */
  delete(uid: string): Awaitable<void>;
  /** Removes what expired before `now`; gives how many. */
  deleteExpired(now: number): Awaitable<number>;
}

/** A session handle as stored: whoever shows the string with this hash acts in the session. */
export interface StoredHandle {
  /** `hashHandle` of the string; the string itself is never stored. */
  readonly hash: string;
  readonly kind: 'browser' | 'access-token';
  readonly sessionUid: string;
  /** The one host that a browser handle is good for; `null` for access tokens. */
  readonly host: string | null;
  /** Name of the Credential that an access token was made from, `null` for browser handles. */
  readonly credential: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface HandleStore {
  put(handle: StoredHandle): Awaitable<void>;
  get(hash: string): Awaitable<StoredHandle | null>;
  delete(hash: string): Awaitable<void>;
  /** Every access token of a Credential (rotation, deletion). */
  deleteOfCredential(credential: string): Awaitable<void>;
}

/** Where a browser goes once it is signed in. */
export interface SignInTarget {
  /** Canonical host name of ours. */
  readonly host: string;
  /** A path with query on that host; always begins with one slash. */
  readonly path: string;
  /** `hashHandle` of that host's browser-binding cookie; `null` when the target is the auth host itself. */
  readonly bindingHash: string | null;
}

/** A one-time code that carries a session from the auth host to a Service host. */
export interface HandOver {
  readonly codeHash: string;
  readonly sessionUid: string;
  readonly target: SignInTarget;
  readonly expiresAt: number;
}

/** Taken once: `takeHandOver` reads and deletes in one step. Bounded; the oldest goes first. */
export interface SignInStore {
  putHandOver(handOver: HandOver): Awaitable<void>;
  takeHandOver(codeHash: string): Awaitable<HandOver | null>;
  deleteExpired(now: number): Awaitable<number>;
}

/** Opens the Secret of that name, `null` when there is none. */
export type OpenSecret = (name: string) => SecretValue | null;
