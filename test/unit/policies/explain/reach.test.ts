import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Authorizer } from '../../../../policies/decision.ts';
import { type Reach, reachOf } from '../../../../policies/explain/reach.ts';
import type { PolicyInput } from '../../../../policies/input.ts';
import { compilePolicySet } from '../../../../policies/policy-set.ts';
import { HeaderList } from '../../../../src/base/header-list.ts';
import type { PolicySpec } from '../../../../src/model/index.ts';
import { clusterConfig, engine, input, namespace, principal, service } from '../fixtures.ts';

const who = principal();

function authorizerFor(...specs: readonly PolicySpec[]) {
  const target = service({ authorization: { inlinePolicies: specs.map((spec, i) => ({ name: `p${i}`, spec })) } });
  return compilePolicySet({ policies: [], owners: [], engine }).authorizerFor(target, namespace(), clusterConfig());
}

function reachFor(authorizer: Authorizer, given: PolicyInput): Reach {
  return reachOf(authorizer, who, given, authorizer.authorize(who, given));
}

function can(...rules: NonNullable<PolicySpec['rules']>) {
  return reachFor(authorizerFor({ rules }), input({ principal: who }));
}

const DEV = '"dev" in ctx.user.spec.groups';
const GET = 'ctx.request.http.method == "GET"';

test('what is about the principal alone is certain', () => {
  assert.equal(can({ effect: 'ALLOW', condition: { match: DEV } }), 'always');
  assert.equal(can({ effect: 'ALLOW', condition: { not: DEV } }), 'never');
});

test('what the request decides is not, unless the rest decides already', () => {
  assert.equal(can({ effect: 'ALLOW', condition: { match: GET } }), 'depends');
  assert.equal(can({ effect: 'ALLOW', condition: { match: `${GET} && !(${DEV})` } }), 'never');
  assert.equal(can({ effect: 'ALLOW', condition: { match: `${GET} || ${DEV}` } }), 'always');
  assert.equal(can({ effect: 'ALLOW', condition: { all: { of: [{ match: GET }, { not: DEV }] } } }), 'never');
  assert.equal(can({ effect: 'DENY', condition: { match: GET } }), 'never');
  assert.equal(can({ effect: 'ALLOW', condition: { match: 'has(ctx.request.http.headers.x)' } }), 'depends');
});

test('a rule that decides before for everything', () => {
  const rest = { effect: 'ALLOW', condition: { match: GET }, priority: 1 } as const;
  assert.equal(can({ effect: 'ALLOW', condition: { match: DEV } }, rest), 'always');
  assert.equal(can({ effect: 'DENY', condition: { match: DEV } }, rest), 'never');
});

test('the time is known, however it is asked for', () => {
  const after = 'timestamp("2020-01-01T00:00:00Z")';
  for (const time of ['ctx.request.time', 'now()', 'ctx["request"].time', 'ctx.?request.?time.orValue(now())']) {
    assert.equal(can({ effect: 'ALLOW', condition: { match: `${time} > ${after}` } }), 'always', time);
    assert.equal(can({ effect: 'ALLOW', condition: { match: `${time} < ${after}` } }), 'never', time);
    assert.equal(can({ effect: 'ALLOW', condition: { match: `${time} > ${after} && ${GET}` } }), 'depends', time);
  }
});

test('which fields a request has is not known either', () => {
  for (const match of [
    'has(ctx.request.http.bodyMap)',
    'size(ctx.request) > 100',
    '"tls" in ctx.request',
    '!has(ctx.request.grpc)',
  ]) {
    assert.equal(can({ effect: 'ALLOW', condition: { match } }), 'depends', match);
  }
});

const match = fc
  .constantFrom(
    DEV,
    `!(${DEV})`,
    GET,
    `${GET} && ${DEV}`,
    `!(${DEV}) && ${GET}`,
    'ctx.request.http.headers["x"] == "1"',
    'has(ctx.request.http.headers.x)',
    'ctx.device.metadata.name == ""',
    '[1, 2].exists(i, i == 2 && ctx.request.http.method == "PUT")',
    'ctx.?request.?http.?path.orValue("") == "/a"',
    '1 / 0 == 1',
    'ctx.request.time > timestamp("2020-01-01T00:00:00Z")',
    'ctx.request.exists(k, k == "tls")',
  )
  .map((text) => ({ match: text }));
const rule = fc.record({
  effect: fc.constantFrom('ALLOW' as const, 'DENY' as const),
  condition: match,
  priority: fc.integer({ min: -1, max: 1 }),
});
const enforcement = fc.record({ effect: fc.constantFrom('ENFORCE' as const, 'IGNORE' as const), condition: match });
const spec: fc.Arbitrary<PolicySpec> = fc.record({
  rules: fc.array(rule, { maxLength: 3 }),
  enforcementRules: fc.array(enforcement, { maxLength: 1 }),
});

const REQUESTS = ['GET', 'PUT'].flatMap((method) =>
  ['/', '/a'].flatMap((path) => [[], ['x', '1'], ['x', '2']].map((flat) => ({ method, path, headers: flat }))),
);

test('what is said to be certain holds for every request', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 3 }), (specs) => {
      const authorizer = authorizerFor(...specs);
      const inputs = REQUESTS.map(({ headers, ...head }) =>
        input({ principal: who, request: { ...head, headers: new HeaderList([...headers]) } }),
      );
      const effects = new Set(inputs.map((one) => authorizer.authorize(who, one).effect));
      const answers = new Set(inputs.map((one) => reachFor(authorizer, one)));
      assert.equal(answers.size, 1, 'the answer is that of no request');
      const [answer] = answers;
      if (answer !== 'depends') assert.deepEqual([...effects], [answer === 'always' ? 'allow' : 'deny']);
      seen.set(answer!, (seen.get(answer!) ?? 0) + 1);
    }),
    { numRuns: 1000 },
  );
  for (const answer of ['always', 'never', 'depends']) assert.ok((seen.get(answer) ?? 0) > 20, `${answer} is rare`);
});
