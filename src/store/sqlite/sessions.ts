import type { SessionStore } from '../../../identity/ports.ts';
import type { Session } from '../../model/index.ts';
import type { Connection, Statement } from './connection.ts';
import { readJson, timestampMs } from './json.ts';

interface SessionRow {
  readonly json: string;
}

const BY_AGE = 'ORDER BY created_at DESC, seq DESC';

export class SqliteSessions implements SessionStore {
  readonly #connection: Connection;
  readonly #put: Statement<never>;
  readonly #get: Statement<SessionRow>;
  readonly #find: Statement<SessionRow>;
  readonly #list: Statement<SessionRow>;
  readonly #listOfUser: Statement<SessionRow>;
  readonly #delete: Statement<never>;
  readonly #deleteExpired: Statement<never>;
  readonly #deleteExpiredHandles: Statement<never>;

  constructor(connection: Connection) {
    this.#connection = connection;
    // Not INSERT OR REPLACE: that removes the old row first, and its handles with it.
    this.#put = connection.prepare(
      `INSERT INTO sessions (uid, name, user_name, created_at, expires_at, json) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (uid) DO UPDATE SET name = excluded.name, user_name = excluded.user_name,
           created_at = excluded.created_at, expires_at = excluded.expires_at, json = excluded.json`,
    );
    this.#get = connection.prepare('SELECT json FROM sessions WHERE uid = ?');
    this.#find = connection.prepare(
      'SELECT json FROM sessions WHERE uid = ?1 OR name = ?1 ORDER BY uid = ?1 DESC LIMIT 1',
    );
    this.#list = connection.prepare(`SELECT json FROM sessions ${BY_AGE}`);
    this.#listOfUser = connection.prepare(`SELECT json FROM sessions WHERE user_name = ? ${BY_AGE}`);
    // Handles and hand-overs go with it: their foreign keys cascade.
    this.#delete = connection.prepare('DELETE FROM sessions WHERE uid = ?');
    this.#deleteExpired = connection.prepare('DELETE FROM sessions WHERE expires_at <= ?');
    this.#deleteExpiredHandles = connection.prepare('DELETE FROM handles WHERE expires_at <= ?');
  }

  put(session: Session): void {
    const { metadata, spec, status } = session;
    const createdAt = timestampMs(metadata.createdAt, 'metadata.createdAt of a Session');
    const expiresAt = timestampMs(spec.expiresAt, 'spec.expiresAt of a Session');
    this.#put.run(metadata.uid, metadata.name, status.userRef.name, createdAt, expiresAt, JSON.stringify(session));
  }

  get(uid: string): Session | null {
    return fromRow(this.#get.get(uid));
  }

  find(idOrName: string): Session | null {
    return fromRow(this.#find.get(idOrName));
  }

  list(userName?: string): Session[] {
    const rows = userName === undefined ? this.#list.all() : this.#listOfUser.all(userName);
    return rows.map(readSession);
  }

  delete(uid: string): void {
    this.#delete.run(uid);
  }

  /** Expired handles of sessions that go on are removed too; the number is that of sessions. */
  deleteExpired(now: number): number {
    return this.#connection.transaction(() => {
      this.#deleteExpiredHandles.run(now);
      return this.#deleteExpired.run(now);
    });
  }
}

function fromRow(row: SessionRow | null): Session | null {
  return row === null ? null : readSession(row);
}

function readSession(row: SessionRow): Session {
  return readJson<Session>(row.json, 'a session');
}
