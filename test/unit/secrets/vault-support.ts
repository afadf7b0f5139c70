import { join } from 'node:path';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import type { SealedSecret } from '../../../src/secrets/ports.ts';
import { seal } from '../../../src/secrets/seal.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { Vault } from '../../../src/secrets/vault.ts';
import { openSqliteStore, type SqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface Parts {
  readonly directory: string;
  readonly ring: KeyRing;
  readonly store: SqliteStore;
  readonly vault: Vault;
}

export async function withVault(work: (parts: Parts) => Promise<void>): Promise<void> {
  const directory = temporaryDirectory();
  const ring = KeyRing.open(directory);
  const store = openSqliteStore(join(directory, 'ostiary.db'), { texts: textSealer(ring) });
  try {
    await work({ directory, ring, store, vault: new Vault(ring, store.secrets) });
  } finally {
    store.close();
  }
}

export async function put({ ring, store }: Parts, name: string, value: string): Promise<void> {
  await putSealed(store, name, seal(ring, name, new SecretValue(value)));
}

export async function putSealed(store: SqliteStore, name: string, sealed: SealedSecret): Promise<void> {
  await store.resources.commit([{ op: 'put', resource: { kind: 'Secret', metadata: { name }, spec: {} }, sealed }]);
}
