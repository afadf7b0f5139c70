import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { Controller } from '../../../src/control/controller.ts';
import { FileSource } from '../../../src/control/sources/files.ts';
import type { Snapshot } from '../../../src/gateway/snapshot.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { seal } from '../../../src/secrets/seal.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { Vault } from '../../../src/secrets/vault.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { bench } from '../compile/compiled.ts';

const OPTIONS = { prune: false, dryRun: false, createOnly: false, include: [], exclude: [] };
const group = (name: string) => [{ file: 'in.yaml', text: `kind: Group\nmetadata: {name: ${name}}` }];

test('a store that fails between commit and swap: the old generation serves on, and the next change brings both', async () => {
  const directory = temporaryDirectory();
  const ring = KeyRing.open(directory);
  const store = openSqliteStore(join(directory, 'ostiary.db'), { texts: textSealer(ring) });
  const vault = new Vault(ring, store.secrets);
  const { compiler } = bench();
  const live: Snapshot[] = [];
  let obstacle: string | null = null;
  const controller = new Controller({
    store,
    files: new FileSource([]),
    compile: (input) => compiler.compile(input),
    seal: (name, value) => seal(ring, name, value),
    vault: {
      setFromFiles: (values) => vault.setFromFiles(values),
      reload: async () => {
        if (obstacle !== null) throw new AppError('unavailable', obstacle);
        await vault.reload();
      },
      view: () => vault.view(),
    },
    swapped: (snapshot) => void live.push(snapshot),
    loaded: () => {},
  });
  const userOf = (name: string) => controller.live.owned.some(({ resource }) => resource.metadata.name === name);
  try {
    await controller.start();
    obstacle = 'the disk is busy';
    await assert.rejects(controller.apply(group('first'), OPTIONS), /stored but not live: the disk is busy; .*SIGHUP/);
    assert.equal(live.length, 1);
    assert.equal(userOf('first'), false);
    obstacle = null;
    await controller.apply(group('second'), OPTIONS);
    assert.deepEqual([userOf('first'), userOf('second')], [true, true]);
    assert.equal(live.length, 2);
  } finally {
    controller.close();
    store.close();
  }
});
