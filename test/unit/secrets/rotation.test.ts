import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { reseal } from '../../../src/secrets/reseal.ts';
import { seal } from '../../../src/secrets/seal.ts';
import { put, putSealed, withVault } from './vault-support.ts';

describe('a rotation without a restart', () => {
  it('keeps every Secret open while another process rotates, seals and reseals', () =>
    withVault(async (parts) => {
      const { vault, store, directory } = parts;
      await put(parts, 'before', 'one');
      await vault.reload();
      const version = vault.view().version('before');
      const other = KeyRing.open(directory);
      const id = other.rotate();
      await put({ ...parts, ring: other }, 'after', 'two');
      assert.deepEqual(await reseal(other, store.secrets), { count: 1, problems: [] });
      await vault.reload();
      assert.deepEqual(vault.problems(), []);
      assert.equal(vault.open('before')?.reveal(), 'one');
      assert.equal(vault.open('after')?.reveal(), 'two');
      assert.equal(vault.view().version('before'), version);
      assert.deepEqual(
        (await store.secrets.list()).map(({ keyId }) => keyId),
        [id, id],
      );
    }));

  it('reseals what can be opened and names what cannot', () =>
    withVault(async (parts) => {
      const { store, ring } = parts;
      await put(parts, 'good', 'one');
      const moved = { ...seal(ring, 'x', new SecretValue('two')), name: 'moved' };
      await putSealed(store, 'moved', moved);
      ring.rotate();
      const { count, problems } = await reseal(ring, store.secrets);
      assert.equal(count, 1);
      assert.match(problems.join(), /^"moved"/);
      assert.equal((await store.secrets.get('moved'))?.keyId, moved.keyId);
    }));
});
