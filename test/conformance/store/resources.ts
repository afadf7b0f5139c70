import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { group, secret, session } from './fixtures.ts';
import { comparable, type OpenStore, sealedAs, withStore } from './harness.ts';

export function resourceConformance(open: OpenStore): void {
  it('begins empty at generation 0', () =>
    withStore(open, async ({ store }) => {
      assert.equal(await store.resources.generation(), 0);
      assert.deepEqual(await store.resources.list(), []);
      assert.equal(await store.resources.get('Group', 'dev'), null);
    }));

  it('sets what the store owns of the metadata, whatever the caller put there', () =>
    withStore(open, async ({ store }) => {
      const forged = { ...group('dev').metadata, uid: 'forged', createdAt: 'forged', lastResourceVersion: 'forged' };
      assert.equal(await store.resources.commit([{ op: 'put', resource: { ...group('dev'), metadata: forged } }]), 1);
      const metadata = (await store.resources.get('Group', 'dev'))?.metadata;
      assert.match(metadata?.uid ?? '', /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
      assert.ok(Math.abs(Date.parse(metadata?.createdAt ?? '') - Date.now()) < 60_000);
      assert.equal(metadata?.updatedAt, metadata?.createdAt);
      assert.equal(metadata?.resourceVersion, '1');
      assert.equal(metadata?.lastResourceVersion, undefined);
    }));

  it('keeps uid and createdAt on an update, and not on a deletion followed by a creation', () =>
    withStore(open, async ({ store }) => {
      await store.resources.commit([{ op: 'put', resource: group('dev', 'one') }]);
      const first = await store.resources.get('Group', 'dev');
      await store.resources.commit([{ op: 'put', resource: group('dev', 'two') }]);
      const second = await store.resources.get('Group', 'dev');
      assert.equal(second?.metadata.uid, first?.metadata.uid);
      assert.equal(second?.metadata.createdAt, first?.metadata.createdAt);
      assert.equal(second?.metadata.description, 'two');
      assert.equal(second?.metadata.resourceVersion, '2');
      assert.equal(second?.metadata.lastResourceVersion, '1');
      await store.resources.commit([{ op: 'delete', kind: 'Group', name: 'dev' }]);
      await store.resources.commit([{ op: 'put', resource: group('dev') }]);
      assert.notEqual((await store.resources.get('Group', 'dev'))?.metadata.uid, first?.metadata.uid);
    }));

  it('tells kinds with the same name apart', () =>
    withStore(open, async ({ store }) => {
      await store.resources.commit([
        { op: 'put', resource: group('x') },
        { op: 'put', resource: secret('x') },
      ]);
      await store.resources.commit([{ op: 'delete', kind: 'Group', name: 'x' }]);
      assert.deepEqual(
        (await store.resources.list()).map((resource) => resource.kind),
        ['Secret'],
      );
    }));

  it('refuses a commit that expects another generation, and changes nothing', () =>
    withStore(open, async ({ store }) => {
      await store.resources.commit([{ op: 'put', resource: group('a') }], 0);
      await assert.rejects(async () => store.resources.commit([{ op: 'put', resource: group('b') }], 0), {
        code: 'conflict',
      });
      assert.equal(await store.resources.generation(), 1);
      assert.equal(await store.resources.get('Group', 'b'), null);
    }));

  it('applies all of a commit or nothing', () =>
    withStore(open, async ({ store }) => {
      await store.resources.commit([{ op: 'put', resource: group('old') }]);
      const bad = store.resources.commit.bind(store.resources, [
        { op: 'put', resource: group('new') },
        { op: 'delete', kind: 'Group', name: 'old' },
        { op: 'put', resource: session('s1') },
      ]);
      await assert.rejects(async () => bad(), { code: 'invalid' });
      assert.deepEqual(
        (await store.resources.list()).map((resource) => resource.metadata.name),
        ['old'],
      );
      assert.equal(await store.resources.generation(), 1);
    }));

  it('stores a sealed Secret with its resource and deletes it with it', () =>
    withStore(open, async ({ store }) => {
      await store.resources.commit([{ op: 'put', resource: secret('api-key'), sealed: sealedAs('api-key') }]);
      assert.deepEqual(comparable(await store.secrets.get('api-key')), comparable(sealedAs('api-key')));
      await store.resources.commit([{ op: 'put', resource: secret('api-key') }]);
      assert.notEqual(await store.secrets.get('api-key'), null, 'a change of the metadata alone keeps the value');
      await store.resources.commit([{ op: 'delete', kind: 'Secret', name: 'api-key' }]);
      assert.equal(await store.secrets.get('api-key'), null);
    }));

  it('never stores an open Secret, nor a sealed value under another name or kind', () =>
    withStore(open, async ({ store }) => {
      const opened = { ...secret('a'), data: { value: new SecretValue('plain') } };
      const refuse = (change: Parameters<typeof store.resources.commit>[0][number]) =>
        assert.rejects(async () => store.resources.commit([change]), { code: 'invalid' });
      await refuse({ op: 'put', resource: opened });
      await refuse({ op: 'put', resource: secret('a'), sealed: sealedAs('b') });
      await refuse({ op: 'put', resource: group('a'), sealed: sealedAs('a') });
      assert.equal(await store.resources.generation(), 0);
    }));
}
