import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { judge } from '../../../src/gateway/judge.ts';
import type { CompiledService, Snapshot } from '../../../src/gateway/snapshot.ts';
import { type Given, partsOf, run } from './in-memory.ts';

/** The verdict on an exchange that was allowed, when the Service has become another. */
async function verdict(service: Partial<CompiledService> | null, given: Given = {}) {
  const { x } = await run();
  const parts = partsOf(given, { settled: () => {} });
  return (await judge(x, snapshotWith(x, service), parts))?.reason ?? null;
}

function snapshotWith(x: Exchange, change: Partial<CompiledService> | null): Snapshot {
  const service = change === null ? null : { ...x.service!, ...change };
  return { ...x.snapshot, routes: { ...x.snapshot.routes, route: () => service } };
}

test('what would be allowed again goes on', async () => {
  assert.equal(await verdict({}), null);
});

test('what policies deny by now is over', async () => {
  const decision = { effect: 'deny', reason: 'policy-denied', policy: 'p', rule: 'rules[0]', detail: null } as const;
  assert.equal(await verdict({ authorizer: { authorize: () => decision } }), 'policy-denied');
});

test('what nobody is signed in for by now is over, with what identification says', async () => {
  const rejected = { kind: 'rejected', reason: 'session-unknown', detail: null } as const;
  assert.equal(await verdict({ anonymous: false }, { parts: { identify: () => rejected } }), 'session-unknown');
  assert.equal(await verdict({ anonymous: false }), 'unauthenticated');
});

test('a Service that is gone, broken, switched off or another one ends its streams', async () => {
  assert.equal(await verdict(null), 'no-route');
  assert.equal(await verdict({ state: { kind: 'broken', because: 'x' } }), 'service-broken');
  assert.equal(await verdict({ state: { kind: 'disabled' } }), 'service-disabled');
  assert.equal(await verdict({ name: 'other' }), 'no-route');
});

test('what cannot be judged is over', async () => {
  const identify = () => Promise.reject(new Error('the store is gone'));
  assert.equal(await verdict({ anonymous: false }, { parts: { identify } }), 'internal-error');
});
