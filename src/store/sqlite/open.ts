import { type Clock, systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { TextSealer } from '../../secrets/ports.ts';
import { SIGN_IN_LIMITS, type SignInLimits } from '../sign-in-limits.ts';
import type { Store } from '../store.ts';
import { Connection } from './connection.ts';
import { prepareDatabaseFile } from './database-file.ts';
import { SqliteHandles } from './handles.ts';
import { SqliteLastGood } from './last-good.ts';
import { migrate } from './migrations.ts';
import { SqliteRecords } from './records.ts';
import { SqliteResources } from './resources.ts';
import { SqliteSealedSecrets } from './sealed-secrets.ts';
import { SqliteSessions } from './sessions.ts';
import { SqliteSignIns } from './sign-ins.ts';

export interface SqliteOptions {
  /** Seals the configuration texts, which may hold Secrets, so that no plaintext reaches the file. */
  readonly texts: TextSealer;
  readonly clock?: Clock;
  readonly signInLimits?: SignInLimits;
}

/** The embedded store: every operation is synchronous, and several processes may have the file open. */
export type SqliteStore = Store & { close(): void };

/**
 * Opens the database, makes it when there is none, and brings its schema up to date.
 * @throws AppError `refused` when file or directory are not safe or a newer release wrote it, `unavailable` when it
 * cannot be used.
 */
export function openSqliteStore(file: string, options: SqliteOptions): SqliteStore {
  prepareDatabaseFile(file);
  const connection = new Connection(file);
  try {
    configure(connection);
    migrate(connection);
    return storeOn(connection, options);
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * WAL, so that readers do not wait for a writer. FULL, because WAL with NORMAL may lose acknowledged commits in a power
 * loss, and `fullfsync` because macOS needs to be asked. `secure_delete` overwrites what was removed: a wrapped key
 * must not outlive its rotation in a free page.
 */
function configure(connection: Connection): void {
  const mode = connection.prepare<{ journal_mode: string }>('PRAGMA journal_mode = WAL').get()?.journal_mode;
  if (mode !== 'wal') {
    throw new AppError('unavailable', 'the database cannot use a write-ahead log here: put it on a local file system');
  }
  connection.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA secure_delete = ON;
  `);
}

function storeOn(connection: Connection, options: SqliteOptions): SqliteStore {
  const { texts, clock = systemClock, signInLimits = SIGN_IN_LIMITS } = options;
  const secrets = new SqliteSealedSecrets(connection);
  return {
    resources: new SqliteResources(connection, secrets, clock),
    identity: {
      sessions: new SqliteSessions(connection),
      handles: new SqliteHandles(connection),
      signIns: new SqliteSignIns(connection, clock, signInLimits),
      records: new SqliteRecords(connection, clock),
    },
    secrets,
    lastGood: new SqliteLastGood(connection, texts),
    close: () => connection.close(),
  };
}
