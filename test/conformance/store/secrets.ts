import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Store } from '../../../src/store/store.ts';
import { secret } from './fixtures.ts';
import { comparable, type OpenStore, sealedAs, withStore } from './harness.ts';

export function secretConformance(open: OpenStore): void {
  it('replaces the wrapped keys of all sealed Secrets', () =>
    withStore(open, async ({ store }) => {
      await putSecrets(store, 'a', 'b');
      const rewrapped = ['a', 'b'].map((name) => ({
        ...sealedAs(name, 'key-2', 2),
        ciphertext: sealedAs(name).ciphertext,
      }));
      await store.secrets.replaceAll(rewrapped);
      assert.deepEqual((await store.secrets.list()).map(comparable), rewrapped.map(comparable));
    }));

  it('does not undo a change, nor bring back what was deleted, after the sealed Secrets were read', () =>
    withStore(open, async ({ store }) => {
      await putSecrets(store, 'changed', 'deleted');
      const read = await store.secrets.list();
      const newer = sealedAs('changed', 'key-1', 9);
      await store.resources.commit([
        { op: 'put', resource: secret('changed'), sealed: newer },
        { op: 'delete', kind: 'Secret', name: 'deleted' },
      ]);
      await store.secrets.replaceAll(read.map((sealed) => ({ ...sealed, keyId: 'key-2' })));
      assert.deepEqual((await store.secrets.list()).map(comparable), [comparable(newer)]);
    }));

  it('keeps the last good text of each file', () =>
    withStore(open, async ({ store, connect }) => {
      assert.equal(await store.lastGood.get('a.yaml'), null);
      await store.lastGood.put('a.yaml', 'kind: Group # ü');
      await store.lastGood.put('b.yaml', '');
      await store.lastGood.put('a.yaml', 'kind: User # ü');
      const other = await connect();
      assert.equal(await other.lastGood.get('a.yaml'), 'kind: User # ü');
      assert.equal(await other.lastGood.get('b.yaml'), '');
      await other.close();
    }));
}

async function putSecrets(store: Store, ...names: string[]): Promise<void> {
  await store.resources.commit(names.map((name) => ({ op: 'put', resource: secret(name), sealed: sealedAs(name) })));
}
