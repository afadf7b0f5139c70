import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { openSqliteStore, type SqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The keys lie elsewhere, so that the directory under test is what the store alone makes of it. */
export const ring = KeyRing.open(temporaryDirectory());

export function openIn(directory: string): SqliteStore {
  return openSqliteStore(join(directory, 'ostiary.db'), { texts: textSealer(ring) });
}

/** Runs `work` on a connection that knows nothing of the store. */
export function withDatabase(directory: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(directory, 'ostiary.db'));
  work(database);
  database.close();
}
