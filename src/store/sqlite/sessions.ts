import type { SeenSession, SessionStore } from '../../../identity/ports.ts';
import type { Session } from '../../model/index.ts';
import type { Connection, Statement } from './connection.ts';
import { readJson, timestampMs } from './json.ts';

interface SessionRow {
  readonly json: string;
}

interface SeenRow extends SessionRow {
  readonly seen_at: number;
}

interface UidRow {
  readonly uid: string;
}

const BY_AGE = 'ORDER BY created_at DESC, seq DESC';

export class SqliteSessions implements SessionStore {
  readonly #connection: Connection;
  readonly #insert: Statement<never>;
  readonly #update: Statement<never>;
  readonly #seen: Statement<never>;
  readonly #endOldest: Statement<UidRow>;
  readonly #get: Statement<SeenRow>;
  readonly #find: Statement<SessionRow>;
  readonly #list: Statement<SessionRow>;
  readonly #listOfUser: Statement<SessionRow>;
  readonly #delete: Statement<never>;
  readonly #deleteExpired: Statement<never>;
  readonly #deleteExpiredHandles: Statement<never>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#insert = connection.prepare(
      `INSERT INTO sessions (uid, name, user_name, created_at, seen_at, expires_at, json)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6)`,
    );
    this.#update = connection.prepare('UPDATE sessions SET expires_at = ?2, json = ?3 WHERE uid = ?1');
    this.#seen = connection.prepare('UPDATE sessions SET seen_at = MAX(seen_at, ?2) WHERE uid = ?1');
    this.#endOldest = connection.prepare(
      `DELETE FROM sessions WHERE uid IN
         (SELECT uid FROM sessions WHERE user_name = ? ${BY_AGE} LIMIT -1 OFFSET ?) RETURNING uid`,
    );
    this.#get = connection.prepare('SELECT json, seen_at FROM sessions WHERE uid = ?');
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

  insert(session: Session, most?: number): readonly string[] {
    const { metadata, status } = session;
    const createdAt = timestampMs(metadata.createdAt, 'metadata.createdAt of a Session');
    const user = status.userRef.name;
    const insert = () =>
      this.#insert.run(metadata.uid, metadata.name, user, createdAt, endOf(session), JSON.stringify(session));
    if (most === undefined) {
      insert();
      return [];
    }
    return this.#connection.transaction(() => {
      const ended = this.#endOldest.all(user, Math.max(0, most - 1));
      insert();
      return ended.map(({ uid }) => uid);
    });
  }

  update(session: Session): boolean {
    return this.#update.run(session.metadata.uid, endOf(session), JSON.stringify(session)) > 0;
  }

  change(uid: string, to: (session: Session) => Session): Session | null {
    return this.#connection.transaction(() => {
      const seen = this.get(uid);
      if (seen === null) return null;
      const changed = to(seen.session);
      this.update(changed);
      return changed;
    });
  }

  get(uid: string): SeenSession | null {
    const row = this.#get.get(uid);
    return row === null ? null : { session: readSession(row), seenAt: row.seen_at };
  }

  seen(times: ReadonlyMap<string, number>): void {
    this.#connection.transaction(() => {
      for (const [uid, time] of times) this.#seen.run(uid, time);
    });
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

function endOf({ spec }: Session): number {
  return timestampMs(spec.expiresAt, 'spec.expiresAt of a Session');
}

function fromRow(row: SessionRow | null): Session | null {
  return row === null ? null : readSession(row);
}

function readSession(row: SessionRow): Session {
  return readJson<Session>(row.json, 'a session');
}
