import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KeyRing } from '../secrets/key-ring.ts';
import { reseal } from '../secrets/reseal.ts';
import { textSealer } from '../secrets/text-sealer.ts';
import { type TextVault, textVault } from '../secrets/text-vault.ts';
import { Vault } from '../secrets/vault.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';

/** What outlives the process, opened: keys, store, and the values of Secrets. */
export interface State {
  readonly ring: KeyRing;
  readonly store: Store;
  readonly vault: Vault;
  /** For what identity keeps sealed. */
  readonly texts: TextVault;
}

/** @throws AppError when the data directory, the keys or the database are not as they must be. */
export function openState(dataDirectory: string, stack: AsyncDisposableStack): State {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const ring = KeyRing.open(dataDirectory);
  const store = openSqliteStore(join(dataDirectory, 'ostiary.db'), { texts: textSealer(ring) });
  stack.defer(() => store.close());
  return { ring, store, vault: new Vault(ring, store.secrets), texts: textVault(ring) };
}

/** Makes a new key current and seals every stored Secret with it; requests go on meanwhile. */
export async function rotateKeys({ ring, store, vault }: State): Promise<{ keyId: string; resealed: number }> {
  const keyId = ring.rotate();
  const { count } = await reseal(ring, store.secrets);
  await vault.reload();
  return { keyId, resealed: count };
}
