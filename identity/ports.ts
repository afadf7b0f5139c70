import type { Awaitable } from '../src/base/awaitable.ts';
import type { SecretValue } from '../src/base/secret-value.ts';
import type { Group, Session, User } from '../src/model/index.ts';
import type { Directory } from './directory/directory.ts';

/** The storage that identity needs; `src/store` implements it. Times are milliseconds since 1970. */
export interface IdentityStore {
  readonly sessions: SessionStore;
  readonly handles: HandleStore;
  readonly signIns: SignInStore;
  readonly records: RecordStore;
}

export interface SessionStore {
  /**
   * Inserts a new one. With `most`, the oldest others of its user end, so that no more than `most` are left.
   * @returns uids of the sessions that ended
   */
  insert(session: Session, most?: number): Awaitable<readonly string[]>;
  /** Replaces by `metadata.uid`. `false`: it has ended meanwhile, and stays so. */
  update(session: Session): Awaitable<boolean>;
  /** Replaces it by what `to` makes of it, with nobody in between. `null`: it has ended, and stays so. */
  change(uid: string, to: (session: Session) => Session): Awaitable<Session | null>;
  get(uid: string): Awaitable<SeenSession | null>;
  /** Notes when sessions were used last, by uid; those that have ended are left out. */
  seen(times: ReadonlyMap<string, number>): Awaitable<void>;
  /** By uid or by name. */
  find(idOrName: string): Awaitable<Session | null>;
  /** All of them, or one user's, the newest first. */
  list(userName?: string): Awaitable<Session[]>;
  /** Removes the session and every handle to it in one transaction. */
  delete(uid: string): Awaitable<void>;
  /** Removes what expired before `now`; gives how many. */
  deleteExpired(now: number): Awaitable<number>;
}

export interface SeenSession {
  readonly session: Session;
  /** When it was used last, as far as that was noted; at first its beginning. */
  readonly seenAt: number;
}

/** A session handle as stored: whoever shows the string with this hash acts in the session. */
export interface StoredHandle {
  /** `hashHandle` of the string; the string itself is never stored. */
  readonly hash: string;
  readonly kind: 'browser' | 'access-token' | 'oauth2-token';
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
  /** Every one of a session, which goes on (step-up). */
  deleteOfSession(sessionUid: string): Awaitable<void>;
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
  /** When the session's person was recognised last (`setAt`): a session that was raised since is handed to nobody. */
  readonly authenticatedAt: string;
  readonly target: SignInTarget;
  readonly expiresAt: number;
}

/** Taken once: `takeHandOver` reads and deletes in one step. Bounded; the oldest goes first. */
export interface SignInStore {
  putHandOver(handOver: HandOver): Awaitable<void>;
  takeHandOver(codeHash: string): Awaitable<HandOver | null>;
  deleteExpired(now: number): Awaitable<number>;
}

/**
 * What else identity keeps, by space and key: what may happen once, what is under way, what belongs to a user. One of
 * two processes that ask for the same at once gets it.
 */
export interface StoredRecord {
  /** What kind of thing it is. */
  readonly space: string;
  readonly key: string;
  /** Uid of a session, name of a user, or whatever else all of its records are found by; `''`: nothing. */
  readonly owner: string;
  readonly expiresAt: number;
  /** JSON; what is confidential in it is sealed. */
  readonly json: string;
}

export interface RecordStore {
  /** `false`: there is one of that key, which has not expired. With `most`, the oldest of the space go. */
  add(record: StoredRecord, most?: number): Awaitable<boolean>;
  /** Each as `add` does, in one commit. Gives what `add` gives, for each of them. */
  addAll(records: readonly StoredRecord[]): Awaitable<readonly boolean[]>;
  /** Inserts or replaces. */
  put(record: StoredRecord): Awaitable<void>;
  /** The same for all of them, in one commit. */
  putAll(records: readonly StoredRecord[]): Awaitable<void>;
  /** Replaces it if its JSON is still `former`; `false`: it is not. */
  replace(record: StoredRecord, former: string): Awaitable<boolean>;
  /** What has expired is not there. */
  get(space: string, key: string): Awaitable<StoredRecord | null>;
  /** Reads and deletes in one step. */
  take(space: string, key: string): Awaitable<StoredRecord | null>;
  /** The oldest first. */
  ofOwner(space: string, owner: string): Awaitable<StoredRecord[]>;
  /** All of a space, the oldest first. */
  list(space: string): Awaitable<StoredRecord[]>;
  delete(space: string, key: string): Awaitable<void>;
  /** In this space. */
  deleteOfOwner(space: string, owner: string): Awaitable<void>;
  deleteExpired(now: number): Awaitable<number>;
}

/** Seals and opens texts that are kept; one that was sealed for another `name` does not open. */
export interface TextVault {
  seal(name: string, text: SecretValue): string;
  /** `null`: it was changed, was sealed for another name, or its key is gone. */
  open(name: string, sealed: string): SecretValue | null;
}

/** Who makes Users and Groups while the gateway runs; what they made is not taken away by `apply --prune`. */
export type DirectoryOrigin = 'just-in-time' | 'scim';

export type DirectoryChange =
  | {
      readonly op: 'put';
      readonly resource: User | Group;
      readonly origin: DirectoryOrigin;
      /** The `resourceVersion` that it still must have; `null`: there must be none of that name. */
      readonly ifVersion?: string | null;
      /** What the system that it comes from calls it; kept with the resource. */
      readonly outer?: OuterName;
    }
  | {
      readonly op: 'delete';
      readonly kind: 'User' | 'Group';
      readonly name: string;
      readonly ifVersion?: string;
    };

export interface OuterName {
  /** No two resources of a kind have the same; what comes from elsewhere counts with its name. */
  readonly key: string;
  /** As it was given. */
  readonly name: string;
  readonly externalId: string | null;
}

export interface DirectoryWriter {
  /**
   * All of the changes or none; without any, it only asks for the Directory of now. Gives a Directory that knows of
   * them, once every new request is served with one.
   * @throws AppError `refused` for what comes from a file, `conflict` when `ifVersion` or `outer` do not hold,
   * `invalid`, `unavailable`
   */
  change(changes: readonly DirectoryChange[]): Promise<Directory>;
}

/** Opens the Secret of that name, `null` when there is none. */
export type OpenSecret = (name: string) => SecretValue | null;
