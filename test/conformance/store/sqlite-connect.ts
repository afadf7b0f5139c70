import { join } from 'node:path';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { openSqliteStore, type SqliteStore } from '../../../src/store/sqlite/open.ts';
import { LIMITS } from './harness.ts';

/** The database file in a data directory. */
export function databaseIn(directory: string): string {
  return join(directory, 'ostiary.db');
}

/** Opens the store of a data directory. Child processes import this. */
export function connect(directory: string): SqliteStore {
  const texts = textSealer(KeyRing.open(directory));
  return openSqliteStore(databaseIn(directory), { texts, signInLimits: LIMITS });
}
