import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Principal } from '../../../identity/principal.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { plugin as cache } from '../../../src/plugins/cache/cache.ts';
import { NO_ANSWERS } from '../../../src/plugins/cache/shared-answers.ts';
import { plugin as quota } from '../../../src/plugins/quota/quota.ts';
import { compileKey } from '../../../src/plugins/rate-limit/key.ts';
import { plugin as rateLimit } from '../../../src/plugins/rate-limit/rate-limit.ts';
import type { LimitKey } from '../../../src/plugins/rate-limit/schema.ts';
import { authorized, deps } from './support.ts';

function principal(user: string, session: string, claims: object | null = null): Principal {
  const info = claims === null ? { type: 'CREDENTIAL' } : { type: 'EXTERNAL', external: { claims } };
  return {
    kind: 'workload',
    user: { metadata: { name: user, uid: `uid-${user}` } },
    groups: [],
    session: { metadata: { uid: session }, status: { authentication: { info } } },
    device: null,
  } as unknown as Principal;
}

function by(acting: Principal | null): Exchange {
  const x = authorized();
  x.principal = acting;
  return x;
}

const same = (key: LimitKey | undefined, one: Principal | null, other: Principal | null) => {
  const keyOf = compileKey(key, deps);
  return keyOf(by(one)) === keyOf(by(other));
};

const alice = principal('alice', 's1');
const external = (subject: string, session: string, claims: object) => principal(subject, session, claims);

for (const [name, key, one, other, together] of [
  ['sessions of a User', undefined, alice, principal('alice', 's2'), false],
  ['one session', undefined, alice, alice, true],
  ['tokens of another issuer', undefined, external('a', 't1', {}), external('a', 't2', {}), true],
  ['strangers of one address', undefined, null, null, true],
  ['sessions of a User, by User', { perUser: true }, alice, principal('alice', 's2'), true],
  ['two Users', { perUser: true }, alice, principal('bob', 's3'), false],
  ['strangers, by session', { perSession: true }, null, null, true],
  ['one claim', { claim: 'org' }, external('a', 't1', { org: 'x' }), external('b', 't2', { org: 'x' }), true],
  ['two claims', { claim: 'org' }, external('a', 't1', { org: 'x' }), external('a', 't1', { org: 'y' }), false],
  ['no claim', { claim: 'org' }, external('a', 't1', {}), alice, true],
  ['a claim that is none', { claim: 'org' }, external('a', 't1', { org: {} }), external('b', 't2', { org: [] }), true],
  ['attack: a claim of the prototype', { claim: 'constructor' }, external('a', 't1', {}), alice, true],
  ['no text and none', { eval: 'absent' }, alice, principal('bob', 's3'), true],
] as const) {
  test(`${name}: ${together ? 'count together' : 'do not'}`, () => assert.equal(same(key, one, other), together));
}

test('attack: a long text takes no more memory than a short one', () => {
  const key = compileKey({ eval: 'x'.repeat(10_000) }, deps)(by(alice));
  assert.ok(typeof key === 'string' && key.length <= 65);
});

test('attack: no text is that of requests without one', () => {
  const without = compileKey({ eval: 'absent' }, deps)(by(alice));
  assert.notEqual(compileKey({ eval: String(without) }, deps)(by(alice)), without);
});

const SHARED = { limits: deps.limits, answers: null };
const create: Record<string, () => unknown> = {
  'store: this gateway has no Redis, rateLimit': () =>
    rateLimit.create({ limit: 1, window: '1m', store: 'REDIS' }, deps),
  'store: this gateway has no Redis, quota': () => quota.create({ limit: 1, per: 'day', store: 'REDIS' }, deps),
  'store: this gateway has no Redis, cache': () => cache.create({ store: 'REDIS' }, deps),
  'store: answers in Redis are sealed': () => cache.create({ store: 'REDIS' }, { ...deps, shared: SHARED }),
  'onStoreFailure: counters of this gateway': () =>
    rateLimit.create({ limit: 1, window: '1m', onStoreFailure: 'REFUSE' }, deps),
  'maxSize: answers in Redis have 1 MiB at most': () =>
    cache.create({ store: 'REDIS', maxSize: 2_000_000 }, { ...deps, shared: { ...SHARED, answers: NO_ANSWERS } }),
};
for (const [message, make] of Object.entries(create)) {
  test(`is refused: ${message}`, () => {
    assert.throws(make, ({ message: said }: Error) => said.startsWith(message.split(',')[0]!));
  });
}
