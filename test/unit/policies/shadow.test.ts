import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { InlinePolicy, PolicySpec, Rule } from '../../../src/model/index.ts';
import { clusterConfig, engine, input, namespace, principal, service } from './fixtures.ts';

const ALLOW: Rule = { name: 'yes', effect: 'ALLOW', condition: { matchAny: true } };
const DENY: Rule = { name: 'no', effect: 'DENY', condition: { matchAny: true } };

/** The decision at a Service with these inline policies, named by their position. */
function decided(...specs: readonly PolicySpec[]) {
  const inlinePolicies = specs.map((spec, i): InlinePolicy => ({ name: `p${i}`, spec }));
  const owner = service({ authorization: { inlinePolicies } });
  const set = compilePolicySet({ policies: [], owners: [owner], engine });
  return set.authorizerFor(owner, namespace(), clusterConfig()).authorize(principal(), input());
}

test('a shadow policy never decides, and tells what it would', () => {
  const { effect, policy, shadow } = decided({ rules: [ALLOW] }, { shadow: true, rules: [DENY] });
  assert.deepEqual([effect, policy], ['allow', 'Service/api#p0']);
  assert.deepEqual(shadow, [{ policy: 'Service/api#p1', would: 'deny' }]);
});

test('one that would allow what nothing allows says so', () => {
  const { effect, reason, shadow } = decided({ shadow: true, rules: [ALLOW] });
  assert.deepEqual([effect, reason], ['deny', 'no-policy-match']);
  assert.deepEqual(shadow, [{ policy: 'Service/api#p0', would: 'allow' }]);
});

test('nothing is told when the effect is the same, whoever decides it', () => {
  const early: Rule = { ...ALLOW, priority: -4 };
  assert.equal(decided({ rules: [ALLOW] }, { shadow: true, rules: [early] }).shadow, undefined);
});

test('all shadow policies count together, as if all were enforced', () => {
  const exempt: PolicySpec = { shadow: true, rules: [{ ...ALLOW, priority: -1 }] };
  assert.equal(decided({ rules: [ALLOW] }, { shadow: true, rules: [DENY] }, exempt).shadow, undefined);
});

test('one that is disabled is not looked at', () => {
  assert.equal(decided({ rules: [ALLOW] }, { shadow: true, isDisabled: true, rules: [DENY] }).shadow, undefined);
});

test('its enforcement rules count', () => {
  const ignored: PolicySpec = {
    shadow: true,
    rules: [DENY],
    enforcementRules: [{ effect: 'IGNORE', condition: { matchAny: true } }],
  };
  assert.equal(decided({ rules: [ALLOW] }, ignored).shadow, undefined);
});

test('one that does not compile or fails would deny, and does not', () => {
  const broken: PolicySpec = { shadow: true, rules: [{ effect: 'ALLOW', condition: { match: 'ctx.usr' } }] };
  const failing: PolicySpec = { shadow: true, rules: [{ effect: 'DENY', condition: { match: '1 / 0 == 1' } }] };
  for (const spec of [broken, failing]) {
    const { effect, shadow } = decided({ rules: [ALLOW] }, spec);
    assert.equal(effect, 'allow');
    assert.deepEqual(shadow, [{ policy: 'Service/api#p1', would: 'deny' }]);
  }
});

test('a policy that is enforced and broken denies, whatever a shadow would say', () => {
  const broken: PolicySpec = { rules: [{ effect: 'ALLOW', condition: { match: 'ctx.usr' } }] };
  const { effect, reason, shadow } = decided(broken, { shadow: true, rules: [ALLOW] });
  assert.deepEqual([effect, reason, shadow], ['deny', 'policy-error', undefined]);
});

test('without shadow policies a decision is the one of its rule, not a copy', () => {
  const owner = service({ authorization: { inlinePolicies: [{ spec: { rules: [ALLOW] } }] } });
  const set = compilePolicySet({ policies: [], owners: [owner], engine });
  const authorizer = set.authorizerFor(owner, namespace(), clusterConfig());
  assert.equal(authorizer.authorize(principal(), input()), authorizer.authorize(principal(), input()));
});
