import { AppError } from '../../base/errors.ts';
import type { Connection } from './connection.ts';

/**
 * The schema's history: entry n brings a database from version n to n + 1. What was released is never edited, only
 * added to. Times are milliseconds since 1970.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0);

  CREATE TABLE resources (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT;

  CREATE TABLE sealed_secrets (
    name TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    ciphertext BLOB NOT NULL
  ) STRICT;

  CREATE TABLE last_good (
    file TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    wrapped_key BLOB NOT NULL,
    ciphertext BLOB NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    seq INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    user_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_user ON sessions (user_name);
  CREATE INDEX sessions_by_expiry ON sessions (expires_at);

  CREATE TABLE handles (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('browser', 'access-token')),
    session_uid TEXT NOT NULL REFERENCES sessions (uid) ON DELETE CASCADE,
    host TEXT,
    credential TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX handles_by_session ON handles (session_uid);
  CREATE INDEX handles_by_credential ON handles (credential);
  CREATE INDEX handles_by_expiry ON handles (expires_at);

  CREATE TABLE pending_sign_ins (
    seq INTEGER PRIMARY KEY,
    state_hash TEXT NOT NULL UNIQUE,
    browser_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX pending_sign_ins_by_browser ON pending_sign_ins (browser_hash, seq);
  CREATE INDEX pending_sign_ins_by_expiry ON pending_sign_ins (expires_at);

  CREATE TABLE hand_overs (
    seq INTEGER PRIMARY KEY,
    code_hash TEXT NOT NULL UNIQUE,
    session_uid TEXT NOT NULL REFERENCES sessions (uid) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX hand_overs_by_session ON hand_overs (session_uid);
  CREATE INDEX hand_overs_by_expiry ON hand_overs (expires_at);
  `,
  // Sign-ins under way travel in the browsers that began them.
  'DROP TABLE pending_sign_ins',
  `
  ALTER TABLE sessions ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
  UPDATE sessions SET seen_at = created_at;

  CREATE TABLE handles_of_any_kind (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    session_uid TEXT NOT NULL REFERENCES sessions (uid) ON DELETE CASCADE,
    host TEXT,
    credential TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO handles_of_any_kind SELECT hash, kind, session_uid, host, credential, created_at, expires_at FROM handles;
  DROP TABLE handles;
  ALTER TABLE handles_of_any_kind RENAME TO handles;
  CREATE INDEX handles_by_session ON handles (session_uid);
  CREATE INDEX handles_by_credential ON handles (credential);
  CREATE INDEX handles_by_expiry ON handles (expires_at);

  CREATE TABLE records (
    seq INTEGER PRIMARY KEY,
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    owner TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (space, key)
  ) STRICT;
  CREATE INDEX records_by_owner ON records (space, owner);
  CREATE INDEX records_by_expiry ON records (expires_at);
  `,
  // With the seq that every index ends with: what is one too many of a space is found without reading the others.
  'CREATE INDEX records_by_space ON records (space)',
];

/**
 * Brings the schema up to date in one transaction.
 * @throws AppError `refused` when a newer release has used this database.
 */
export function migrate(connection: Connection): void {
  if (versionOf(connection) === MIGRATIONS.length) return;
  connection.transaction(() => {
    // Read again under the lock: another process may have done it meanwhile.
    const version = versionOf(connection);
    if (version > MIGRATIONS.length) throw tooNew(version);
    for (const sql of MIGRATIONS.slice(version)) connection.exec(sql);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function versionOf(connection: Connection): number {
  return connection.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
}

function tooNew(version: number): AppError {
  return new AppError(
    'refused',
    `the database has schema version ${version}, this release knows ${MIGRATIONS.length}: run the newer release that made it`,
  );
}
