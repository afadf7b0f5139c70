import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { Controller } from '../../../src/control/controller.ts';
import { FileSource } from '../../../src/control/sources/files.ts';
import type { Snapshot } from '../../../src/gateway/snapshot.ts';
import type { User } from '../../../src/model/index.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { seal } from '../../../src/secrets/seal.ts';
import { textSealer } from '../../../src/secrets/text-sealer.ts';
import { Vault } from '../../../src/secrets/vault.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { bench } from '../compile/compiled.ts';

const OPTIONS = { prune: false, dryRun: false, createOnly: false, include: [], exclude: [] };
const group = (name: string) => [{ file: 'in.yaml', text: `kind: Group\nmetadata: {name: ${name}}` }];

interface Controlled {
  readonly controller: Controller;
  readonly live: Snapshot[];
  /** Fails each reload of the values of Secrets while it is not `null`. */
  obstacle: string | null;
}

async function withController(work: (controlled: Controlled) => Promise<void>, paths: readonly string[] = []) {
  const directory = temporaryDirectory();
  const ring = KeyRing.open(directory);
  const store = openSqliteStore(join(directory, 'ostiary.db'), { texts: textSealer(ring) });
  const vault = new Vault(ring, store.secrets);
  const { compiler } = bench();
  const live: Snapshot[] = [];
  const controller = new Controller({
    store,
    files: new FileSource(paths),
    compile: (input) => compiler.compile(input),
    prepare: async () => false,
    seal: (name, value) => seal(ring, name, value),
    vault: {
      setFromFiles: (values) => vault.setFromFiles(values),
      reload: async () => {
        if (controlled.obstacle !== null) throw new AppError('unavailable', controlled.obstacle);
        await vault.reload();
      },
      view: () => vault.view(),
    },
    swapped: (snapshot) => void live.push(snapshot),
    loaded: () => {},
  });
  const controlled: Controlled = { controller, live, obstacle: null };
  try {
    await controller.start();
    await work(controlled);
  } finally {
    controller.close();
    store.close();
  }
}

function isThere(controller: Controller, name: string): boolean {
  return controller.live.owned.some(({ resource }) => resource.metadata.name === name);
}

test('a store that fails between commit and swap: the old generation serves on, and the next change brings both', () =>
  withController(async (controlled) => {
    const { controller, live } = controlled;
    controlled.obstacle = 'the disk is busy';
    await assert.rejects(controller.apply(group('first'), OPTIONS), /stored but not live: the disk is busy; .*SIGHUP/);
    assert.equal(live.length, 1);
    assert.equal(isThere(controller, 'first'), false);
    controlled.obstacle = null;
    await controller.apply(group('second'), OPTIONS);
    assert.deepEqual([isThere(controller, 'first'), isThere(controller, 'second')], [true, true]);
    assert.equal(live.length, 2);
  }));

const made = (name: string): User => ({
  kind: 'User',
  metadata: { name, systemLabels: { origin: 'scim' } },
  spec: { type: 'HUMAN' },
});

test('what the gateway makes itself is put and taken away at once, and not pruned', () =>
  withController(async ({ controller, live }) => {
    await controller.change([made('alice'), made('bob')], []);
    assert.equal(live.length, 2);
    await controller.apply(group('of-text'), { ...OPTIONS, prune: true });
    assert.deepEqual([isThere(controller, 'alice'), isThere(controller, 'bob')], [true, true]);
    await controller.change([made('carol')], [{ kind: 'User', name: 'bob' }]);
    assert.deepEqual([isThere(controller, 'carol'), isThere(controller, 'bob')], [true, false]);
    const before = live.length;
    await assert.rejects(controller.change([made('dave')], [{ kind: 'User', name: 'nobody' }]), { code: 'not-found' });
    await assert.rejects(controller.change([made('No Name')], []), { code: 'invalid' });
    assert.deepEqual([isThere(controller, 'dave'), live.length], [false, before]);
  }));

test('what comes from a file is not changed by the gateway', () => {
  const file = join(temporaryDirectory(), 'a.yaml');
  writeFileSync(file, 'kind: User\nmetadata: {name: alice}\nspec: {type: HUMAN}\n');
  return withController(
    async ({ controller }) => {
      await assert.rejects(controller.change([made('alice')], []), { code: 'refused' });
      await assert.rejects(controller.change([], [{ kind: 'User', name: 'alice' }]), { code: 'refused' });
    },
    [file],
  );
});
