import assert from 'node:assert/strict';
import { it } from 'node:test';
import { handOver, session } from './fixtures.ts';
import { LIMITS, type OpenStore, withStore } from './harness.ts';

export function signInConformance(open: OpenStore): void {
  it('gives a hand-over once', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.signIns.putHandOver(handOver('code', 'u1'));
      assert.deepEqual(await identity.signIns.takeHandOver('code'), handOver('code', 'u1'));
      assert.equal(await identity.signIns.takeHandOver('code'), null);
    }));

  it('gives one of two takers on different connections what both ask for', () =>
    withStore(open, async ({ store, connect }) => {
      const other = await connect();
      await store.identity.sessions.insert(session('u1'));
      await store.identity.signIns.putHandOver(handOver('code', 'u1'));
      const taken = await Promise.all([store, other].map((one) => one.identity.signIns.takeHandOver('code')));
      assert.equal(taken.filter((one) => one !== null).length, 1);
      await other.close();
    }));

  it('does not give what has expired', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.signIns.putHandOver(handOver('code', 'u1', Date.now() - 1));
      assert.equal(await identity.signIns.takeHandOver('code'), null);
    }));

  it('removes what expired up to the given moment', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      await identity.signIns.putHandOver(handOver('c', 'u1', 1000));
      await identity.signIns.putHandOver(handOver('d', 'u1'));
      assert.equal(await identity.signIns.deleteExpired(1000), 1);
      assert.notEqual(await identity.signIns.takeHandOver('d'), null);
    }));

  it('keeps the newest hand-overs', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.insert(session('u1'));
      for (let n = 0; n <= LIMITS.handOvers; n++) await identity.signIns.putHandOver(handOver(`c${n}`, 'u1'));
      assert.equal(await identity.signIns.takeHandOver('c0'), null);
      for (let n = 1; n <= LIMITS.handOvers; n++) {
        assert.notEqual(await identity.signIns.takeHandOver(`c${n}`), null);
      }
    }));
}
