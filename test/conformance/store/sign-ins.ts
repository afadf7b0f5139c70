import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SignInStore } from '../../../identity/ports.ts';
import { handOver, pending, session } from './fixtures.ts';
import { LIMITS, type OpenStore, withStore } from './harness.ts';

export function signInConformance(open: OpenStore): void {
  it('gives a pending sign-in once', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.signIns.putPending(pending('state', 'browser'));
      assert.deepEqual(await identity.signIns.takePending('state'), pending('state', 'browser'));
      assert.equal(await identity.signIns.takePending('state'), null);
    }));

  it('gives a hand-over once', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.put(session('u1'));
      await identity.signIns.putHandOver(handOver('code', 'u1'));
      assert.deepEqual(await identity.signIns.takeHandOver('code'), handOver('code', 'u1'));
      assert.equal(await identity.signIns.takeHandOver('code'), null);
    }));

  it('gives one of two takers on different connections what both ask for', () =>
    withStore(open, async ({ store, connect }) => {
      const other = await connect();
      await store.identity.signIns.putPending(pending('state', 'browser'));
      const taken = await Promise.all([store, other].map((one) => one.identity.signIns.takePending('state')));
      assert.equal(taken.filter((one) => one !== null).length, 1);
      await other.close();
    }));

  it('does not give what has expired', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.put(session('u1'));
      await identity.signIns.putPending(pending('state', 'browser', Date.now() - 1));
      await identity.signIns.putHandOver(handOver('code', 'u1', Date.now() - 1));
      assert.equal(await identity.signIns.takePending('state'), null);
      assert.equal(await identity.signIns.takeHandOver('code'), null);
    }));

  it('removes what expired up to the given moment', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.put(session('u1'));
      await identity.signIns.putPending(pending('a', 'browser', 1000));
      await identity.signIns.putPending(pending('b', 'browser'));
      await identity.signIns.putHandOver(handOver('c', 'u1', 1000));
      await identity.signIns.putHandOver(handOver('d', 'u1'));
      assert.equal(await identity.signIns.deleteExpired(1000), 2);
      assert.notEqual(await identity.signIns.takePending('b'), null);
      assert.notEqual(await identity.signIns.takeHandOver('d'), null);
    }));

  it('keeps the newest pending sign-ins of one browser', () =>
    withStore(open, async ({ store: { identity } }) => {
      const { signIns } = identity;
      await signIns.putPending(pending('of-another', 'another'));
      for (let n = 0; n <= LIMITS.pendingPerBrowser; n++) await signIns.putPending(pending(`s${n}`, 'browser'));
      assert.equal(await signIns.takePending('s0'), null);
      assert.notEqual(await signIns.takePending('of-another'), null);
      assert.equal(await countTaken(signIns, LIMITS.pendingPerBrowser + 1), LIMITS.pendingPerBrowser);
    }));

  it('keeps the newest pending sign-ins of all browsers', () =>
    withStore(open, async ({ store: { identity } }) => {
      for (let n = 0; n <= LIMITS.pending; n++) await identity.signIns.putPending(pending(`s${n}`, `b${n}`));
      assert.equal(await identity.signIns.takePending('s0'), null);
      assert.equal(await countTaken(identity.signIns, LIMITS.pending + 1), LIMITS.pending);
    }));

  it('keeps the newest hand-overs', () =>
    withStore(open, async ({ store: { identity } }) => {
      await identity.sessions.put(session('u1'));
      for (let n = 0; n <= LIMITS.handOvers; n++) await identity.signIns.putHandOver(handOver(`c${n}`, 'u1'));
      assert.equal(await identity.signIns.takeHandOver('c0'), null);
      for (let n = 1; n <= LIMITS.handOvers; n++) {
        assert.notEqual(await identity.signIns.takeHandOver(`c${n}`), null);
      }
    }));
}

async function countTaken(signIns: SignInStore, made: number): Promise<number> {
  let taken = 0;
  for (let n = 0; n < made; n++) if ((await signIns.takePending(`s${n}`)) !== null) taken++;
  return taken;
}
