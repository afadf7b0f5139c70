import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreUnderTest } from './harness.ts';
import { connect, databaseIn } from './sqlite-connect.ts';
import { storeConformance } from './suite.ts';

async function open(): Promise<StoreUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-store-'));
  const store = connect(directory);
  return {
    store,
    connect: () => connect(directory),
    child: { module: new URL('./sqlite-connect.ts', import.meta.url).href, address: directory },
    verify: () => verify(databaseIn(directory)),
    close: () => {
      store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

function verify(file: string): void {
  const database = new DatabaseSync(file);
  assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
  database.close();
}

storeConformance('SQLite', open);
