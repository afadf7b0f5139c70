import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { StoredRecord } from '../../../identity/ports.ts';
import { LATER } from './fixtures.ts';
import { type OpenStore, withStore } from './harness.ts';

function record(key: string, rest: Partial<StoredRecord> = {}): StoredRecord {
  return { space: 'space', key, owner: 'alice', expiresAt: LATER, json: `"${key}"`, ...rest };
}

const keys = (records: readonly StoredRecord[]) => records.map(({ key }) => key);

export function recordConformance(open: OpenStore): void {
  it('adds a record once, and again when it has expired', () =>
    withStore(open, async ({ store: { identity } }) => {
      const { records } = identity;
      assert.equal(await records.add(record('a')), true);
      assert.equal(await records.add(record('a', { json: '2' })), false);
      assert.equal(await records.add(record('a', { space: 'other' })), true);
      assert.deepEqual(await records.get('space', 'a'), record('a'));
      assert.equal(await records.add(record('past', { expiresAt: 1000 })), true);
      assert.equal(await records.get('space', 'past'), null);
      assert.equal(await records.add(record('past', { json: '2' })), true);
      assert.equal((await records.get('space', 'past'))?.json, '2');
    }));

  it('adds several records at once, each once', () =>
    withStore(open, async ({ store, connect }) => {
      const other = await connect();
      const { records } = store.identity;
      await other.identity.records.add(record('a'));
      await records.add(record('past', { expiresAt: 1000 }));
      const added = await records.addAll([record('a'), record('b'), record('b', { json: '2' }), record('past')]);
      assert.deepEqual(added, [false, true, false, true]);
      assert.deepEqual(await other.identity.records.get('space', 'b'), record('b'));
      assert.deepEqual(await records.addAll([]), []);
      await other.close();
    }));

  it('puts several records at once, in the place of what is there', () =>
    withStore(open, async ({ store: { identity } }) => {
      const { records } = identity;
      await records.putAll([record('a'), record('b'), record('a', { json: '2' })]);
      assert.deepEqual(await records.list('space'), [record('a', { json: '2' }), record('b')]);
      await records.putAll([]);
    }));

  it('keeps the newest of a space when there is a limit', () =>
    withStore(open, async ({ store: { identity } }) => {
      const { records } = identity;
      await records.add(record('other', { space: 'other' }));
      for (const key of ['a', 'b', 'c']) await records.add(record(key), 2);
      assert.deepEqual(keys(await records.list('space')), ['b', 'c']);
      assert.deepEqual(keys(await records.list('other')), ['other']);
    }));

  it('replaces only what is still as it was', () =>
    withStore(open, async ({ store: { identity } }) => {
      const { records } = identity;
      await records.put(record('a'));
      assert.equal(await records.replace(record('a', { json: '2' }), '"else"'), false);
      assert.equal(await records.replace(record('a', { json: '2' }), '"a"'), true);
      assert.equal(await records.replace(record('b'), '"b"'), false);
      assert.deepEqual(await records.get('space', 'a'), record('a', { json: '2' }));
    }));

  it('gives what is taken to one of two takers on different connections', () =>
    withStore(open, async ({ store, connect }) => {
      const other = await connect();
      await store.identity.records.put(record('a'));
      const taken = await Promise.all([store, other].map((one) => one.identity.records.take('space', 'a')));
      assert.equal(taken.filter((one) => one !== null).length, 1);
      const added = await Promise.all([store, other].map((one) => one.identity.records.add(record('once'))));
      assert.equal(added.filter((isAdded) => isAdded).length, 1);
      await store.identity.records.put(record('past', { expiresAt: 1000 }));
      assert.equal(await other.identity.records.take('space', 'past'), null);
      await other.close();
    }));

  it('finds and deletes by owner, and what has expired', () =>
    withStore(open, async ({ store: { identity } }) => {
      const { records } = identity;
      for (const [key, owner] of [
        ['a', 'alice'],
        ['b', 'bob'],
        ['c', 'alice'],
      ] as const) {
        await records.put(record(key, { owner }));
      }
      await records.put(record('past', { expiresAt: 1000 }));
      assert.deepEqual(keys(await records.ofOwner('space', 'alice')), ['a', 'c']);
      assert.equal(await records.deleteExpired(1000), 1);
      await records.deleteOfOwner('space', 'alice');
      await records.deleteOfOwner('other', 'bob');
      assert.deepEqual(keys(await records.list('space')), ['b']);
      await records.delete('space', 'b');
      assert.equal(await records.get('space', 'b'), null);
    }));
}
