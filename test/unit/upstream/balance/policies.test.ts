import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BalancePolicy, BalanceSpec, HashSource } from '../../../../src/upstream/spec.ts';
import { answer, type Scripted, scripted, several } from '../fake-transport.ts';
import { exchangeWith } from '../support.ts';

function balanced(policy: BalancePolicy, weights: readonly number[], more: Partial<BalanceSpec> = {}): Scripted {
  const endpoints = several(weights.length, weights);
  return scripted({ balance: { endpoints, policy, ...more } }, (attempt) => answer(attempt));
}

async function send(scene: Scripted, times: number): Promise<Record<string, number>> {
  for (let i = 0; i < times; i++) await scene.upstream.forward(exchangeWith());
  return shares(scene);
}

function shares({ sent }: Scripted): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { host } of sent) counts[host] = (counts[host] ?? 0) + 1;
  return counts;
}

test('round robin takes turns', async () => {
  const scene = balanced('round-robin', [1, 1, 1]);
  await send(scene, 6);
  assert.deepEqual(scene.hosts(), ['e1', 'e2', 'e3', 'e1', 'e2', 'e3']);
});

test('weighted round robin gives exact shares, and spreads them', async () => {
  const scene = balanced('round-robin', [5, 1, 1]);
  assert.deepEqual(await send(scene, 70), { e1: 50, e2: 10, e3: 10 });
  assert.doesNotMatch(scene.hosts().join(''), /(e1){5}/);
});

test('random shares follow the weights', async () => {
  const { e1 = 0, e2 = 0 } = await send(balanced('random', [3, 1]), 4000);
  assert.equal(e1 + e2, 4000);
  assert.ok(e1 > 2800 && e1 < 3200, `${e1}`);
});

test('least request shares follow the weights when nothing is under way', async () => {
  const { e1 = 0 } = await send(balanced('least-request', [3, 1]), 4000);
  assert.ok(e1 > 2800 && e1 < 3200, `${e1}`);
});

test('least request keeps away from an endpoint that holds on to its requests', async () => {
  const spec = { balance: { endpoints: several(2), policy: 'least-request' as const } };
  const scene = scripted(spec, (attempt, host) => {
    if (host === 'e2') answer(attempt);
  });
  for (let i = 0; i < 200; i++) void scene.upstream.forward(exchangeWith());
  const { e1 = 0 } = shares(scene);
  // Each one that e1 holds makes e2 the better of the two; e1 is taken only when both choices fall on it.
  assert.ok(e1 < 80, `${e1}`);
  for (const { host, attempt } of scene.sent) if (host === 'e1') answer(attempt);
});

for (const policy of ['round-robin', 'random', 'least-request', 'hash'] as const) {
  test(`${policy}: a weight of 0 gets nothing`, async () => {
    const { e2 = 0 } = await send(balanced(policy, [1, 0, 1], { hash: { kind: 'header', name: 'x' } }), 50);
    assert.equal(e2, 0);
  });
}

async function hostsFor(source: HashSource, exchanges: readonly ReturnType<typeof exchangeWith>[]): Promise<string[]> {
  const scene = balanced(
    'hash',
    Array.from({ length: 8 }, () => 1),
    { hash: source },
  );
  for (const x of exchanges) await scene.upstream.forward(x);
  return scene.hosts();
}

/** An exchange whose request has these fields. */
function asking(fields: readonly (readonly [string, string])[], clientAddress = '192.0.2.1') {
  const x = exchangeWith();
  for (const [name, value] of fields) x.request.headers.append(name, value);
  Object.assign(x.request, { clientAddress });
  return x;
}

test('hash: the same header, cookie, user or address leads to the same endpoint, and others elsewhere', async () => {
  const tenants = Array.from({ length: 40 }, (_, i) => `tenant-${i}`);
  const sources: readonly [HashSource, (key: string) => ReturnType<typeof exchangeWith>][] = [
    [{ kind: 'header', name: 'X-Tenant' }, (key) => asking([['x-tenant', key]])],
    [{ kind: 'cookie', name: 'sid' }, (key) => asking([['cookie', `a=b; sid=${key}; sidecar=x`]])],
    [{ kind: 'client-address' }, (key) => asking([], key)],
    [
      { kind: 'user' },
      (key) => {
        const x = asking([]);
        x.principal = { user: { metadata: { name: key } } } as never;
        return x;
      },
    ],
  ];
  for (const [source, make] of sources) {
    const first = await hostsFor(source, tenants.map(make));
    assert.deepEqual(await hostsFor(source, tenants.map(make)), first, source.kind);
    assert.ok(new Set(first).size > 4, `${source.kind}: all at one place`);
  }
});

test('hash: a request without the header goes by the address of the client', async () => {
  const addresses = Array.from({ length: 40 }, (_, i) => `192.0.2.${i}`);
  const without = await hostsFor(
    { kind: 'header', name: 'x-tenant' },
    addresses.map((one) => asking([], one)),
  );
  const byAddress = await hostsFor(
    { kind: 'client-address' },
    addresses.map((one) => asking([], one)),
  );
  assert.deepEqual(without, byAddress);
});
