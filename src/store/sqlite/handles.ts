import type { HandleStore, StoredHandle } from '../../../identity/ports.ts';
import type { Connection, Statement } from './connection.ts';

interface HandleRow {
  readonly hash: string;
  readonly kind: StoredHandle['kind'];
  readonly session_uid: string;
  readonly host: string | null;
  readonly credential: string | null;
  readonly created_at: number;
  readonly expires_at: number;
}

const COLUMNS = 'hash, kind, session_uid, host, credential, created_at, expires_at';

export class SqliteHandles implements HandleStore {
  readonly #put: Statement<never>;
  readonly #get: Statement<HandleRow>;
  readonly #delete: Statement<never>;
  readonly #deleteOfCredential: Statement<never>;
  readonly #deleteOfSession: Statement<never>;

  constructor(connection: Connection) {
    this.#put = connection.prepare(`INSERT OR REPLACE INTO handles (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM handles WHERE hash = ?`);
    this.#delete = connection.prepare('DELETE FROM handles WHERE hash = ?');
    this.#deleteOfCredential = connection.prepare('DELETE FROM handles WHERE credential = ?');
    this.#deleteOfSession = connection.prepare('DELETE FROM handles WHERE session_uid = ?');
  }

  put(handle: StoredHandle): void {
    const { hash, kind, sessionUid, host, credential, createdAt, expiresAt } = handle;
    this.#put.run(hash, kind, sessionUid, host, credential, createdAt, expiresAt);
  }

  get(hash: string): StoredHandle | null {
    const row = this.#get.get(hash);
    return row === null ? null : fromRow(row);
  }

  delete(hash: string): void {
    this.#delete.run(hash);
  }

  deleteOfCredential(credential: string): void {
    this.#deleteOfCredential.run(credential);
  }

  deleteOfSession(sessionUid: string): void {
    this.#deleteOfSession.run(sessionUid);
  }
}

function fromRow(row: HandleRow): StoredHandle {
  const { hash, kind, host, credential } = row;
  return {
    hash,
    kind,
    sessionUid: row.session_uid,
    host,
    credential,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
