import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import type { SealedSecret, SealedSecretStore } from '../../../src/secrets/ports.ts';
import { seal } from '../../../src/secrets/seal.ts';
import { Vault } from '../../../src/secrets/vault.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { put, putSealed, withVault } from './vault-support.ts';

describe('the vault', () => {
  it('opens what the store has, after a reload', () =>
    withVault(async (parts) => {
      await put(parts, 'api-key', 'value');
      const { open } = parts.vault;
      assert.equal(open('api-key'), null);
      await parts.vault.reload();
      assert.equal(open('api-key')?.reveal(), 'value');
      assert.equal(open('none'), null);
      await parts.store.resources.commit([{ op: 'delete', kind: 'Secret', name: 'api-key' }]);
      await parts.vault.reload();
      assert.equal(open('api-key'), null);
    }));

  it('changes the version with the value, and only then', () =>
    withVault(async (parts) => {
      const { vault } = parts;
      assert.equal(vault.view().version('a'), 0);
      await put(parts, 'a', 'one');
      await vault.reload();
      const first = vault.view().version('a');
      await put(parts, 'a', 'one');
      await put(parts, 'b', 'other');
      await vault.reload();
      assert.equal(vault.view().version('a'), first);
      await put(parts, 'a', 'two');
      await vault.reload();
      assert.ok(vault.view().version('a') > first);
      assert.notEqual(vault.view().version('a'), vault.view().version('b'));
    }));

  it('gives a view that later changes do not reach', () =>
    withVault(async (parts) => {
      const { vault } = parts;
      await put(parts, 'a', 'old');
      await vault.reload();
      const before = vault.view();
      await put(parts, 'a', 'new');
      await vault.reload();
      assert.equal(before.open('a')?.reveal(), 'old');
      assert.equal(vault.view().open('a')?.reveal(), 'new');
      assert.notEqual(before.version('a'), vault.view().version('a'));
    }));

  it('takes Secrets from configuration files, and replaces them as a whole', () =>
    withVault(async ({ vault }) => {
      vault.setFromFiles(new Map([['a', new SecretValue('one')]]));
      assert.equal(vault.open('a')?.reveal(), 'one');
      const first = vault.view().version('a');
      vault.setFromFiles(new Map([['a', new SecretValue('one')]]));
      assert.equal(vault.view().version('a'), first);
      vault.setFromFiles(new Map([['b', new SecretValue('two')]]));
      assert.equal(vault.open('a'), null);
      assert.equal(vault.open('b')?.reveal(), 'two');
    }));

  it('keeps the Secrets of the files when the store is read again, and the other way round', () =>
    withVault(async (parts) => {
      const { vault } = parts;
      await put(parts, 'stored', 'one');
      vault.setFromFiles(new Map([['filed', new SecretValue('two')]]));
      await vault.reload();
      assert.equal(vault.open('filed')?.reveal(), 'two');
      vault.setFromFiles(new Map());
      assert.equal(vault.open('stored')?.reveal(), 'one');
    }));

  it('gives neither value of a name that is in the store and in a file, and says so', () =>
    withVault(async (parts) => {
      const { vault } = parts;
      await put(parts, 'a', 'one');
      vault.setFromFiles(new Map([['a', new SecretValue('two')]]));
      await vault.reload();
      assert.equal(vault.open('a'), null);
      assert.equal(vault.view().version('a'), 0);
      assert.match(vault.problems().join(), /^"a" is in the store and in a configuration file/);
      vault.setFromFiles(new Map());
      assert.equal(vault.open('a')?.reveal(), 'one');
      assert.deepEqual(vault.problems(), []);
    }));

  it('leaves out what cannot be opened, says so, and opens the rest', () =>
    withVault(async (parts) => {
      const { vault, store, ring } = parts;
      const sealed = seal(ring, 'moved', new SecretValue('one'));
      await putSealed(store, 'elsewhere', { ...sealed, name: 'elsewhere' });
      await putSealed(store, 'unknown-key', { ...sealed, name: 'unknown-key', keyId: 'key-x' });
      await put(parts, 'good', 'value');
      await vault.reload();
      assert.equal(vault.open('elsewhere'), null);
      assert.equal(vault.open('unknown-key'), null);
      assert.equal(vault.open('good')?.reveal(), 'value');
      assert.equal(vault.problems().length, 2);
      assert.match(vault.problems().join('\n'), /"elsewhere".*changed or moved.*"unknown-key".*key-x/s);
    }));

  it('does not print what it holds', () =>
    withVault(async (parts) => {
      await put(parts, 'a', 'marker-value');
      await parts.vault.reload();
      const printed = inspect(parts.vault, { depth: 9, showHidden: true }) + JSON.stringify(parts.vault);
      assert.ok(!printed.includes('marker-value'), printed);
    }));

  it('keeps its values and reports the failure when the store fails', async () => {
    const { ring, rows } = ringAndRows('one');
    let failing = false;
    const list = (): SealedSecret[] => {
      if (failing) throw new Error('store down');
      return rows;
    };
    const vault = new Vault(ring, storeThat(list));
    await vault.reload();
    failing = true;
    await assert.rejects(vault.reload(), /store down/);
    assert.equal(vault.open('a')?.reveal(), 'one');
  });

  it('does not let a slow read undo a later, quicker one', async () => {
    const { ring, rows } = ringAndRows('old');
    const slow = Promise.withResolvers<SealedSecret[]>();
    const answers = [slow.promise, Promise.resolve([seal(ring, 'a', new SecretValue('new'))])];
    const vault = new Vault(
      ring,
      storeThat(() => answers.shift() ?? []),
    );
    const first = vault.reload();
    await vault.reload();
    slow.resolve(rows);
    await first;
    assert.equal(vault.open('a')?.reveal(), 'new');
  });
});

function ringAndRows(value: string): { ring: KeyRing; rows: SealedSecret[] } {
  const ring = KeyRing.open(temporaryDirectory());
  return { ring, rows: [seal(ring, 'a', new SecretValue(value))] };
}

/** A store whose answers a test times itself. */
function storeThat(list: SealedSecretStore['list']): SealedSecretStore {
  return { list, get: () => null, replaceAll: () => undefined };
}
