import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceRules } from '../../../../policies/explain/rules.ts';
import { compilePolicySet } from '../../../../policies/policy-set.ts';
import type { Condition, PolicySpec } from '../../../../src/model/index.ts';
import { clusterConfig, engine, input, NOW, namespace, principal, service } from '../fixtures.ts';

const YES: Condition = { match: '1 == 1' };
const NO: Condition = { match: '1 == 2' };
const MISSING: Condition = { match: 'ctx.request.http.headers["x"] == ""' };
const ERROR: Condition = { match: '1 / 0 == 1' };

function trace(...specs: readonly PolicySpec[]) {
  const inlinePolicies = specs.map((spec, i) => ({ name: `p${i}`, spec }));
  const target = service({ authorization: { inlinePolicies } });
  const set = compilePolicySet({ policies: [], owners: [], engine });
  const who = principal();
  const { list } = set.authorizerFor(target, namespace(), clusterConfig()).basis!(who, NOW);
  return traceRules(list!, input({ principal: who }));
}

function outcomes(...specs: readonly PolicySpec[]): string[] {
  return trace(...specs).rules.map(({ policy, rule, outcome, decides }) => {
    return `${policy.split('#')[1]}/${rule} ${outcome}${decides ? ' decides' : ''}`;
  });
}

test('rules stand in the order in which they are looked at, and what follows the deciding one was not', () => {
  const spec: PolicySpec = {
    rules: [
      { name: 'late', effect: 'ALLOW', priority: 2, condition: YES },
      { name: 'absent', effect: 'ALLOW', condition: MISSING },
      { name: 'no', effect: 'DENY', condition: NO },
      { name: 'yes', effect: 'ALLOW', priority: 1, condition: YES },
    ],
  };
  assert.deepEqual(outcomes(spec), ['p0/no no-match', 'p0/absent missing', 'p0/yes matched decides', 'p0/late unread']);
});

test('what cannot be evaluated decides', () => {
  const rules: PolicySpec['rules'] = [{ effect: 'DENY', condition: MISSING }];
  assert.deepEqual(outcomes({ rules }), ['p0/rules[0] missing decides']);
  assert.deepEqual(outcomes({ rules: [{ effect: 'ALLOW', condition: ERROR }] }), ['p0/rules[0] error decides']);
});

test('of rules with one name the one that decides is told', () => {
  const rules: PolicySpec['rules'] = [
    { name: 'x', effect: 'ALLOW', condition: NO },
    { name: 'x', effect: 'ALLOW', condition: YES },
    { name: 'x', effect: 'ALLOW', condition: NO },
  ];
  assert.deepEqual(outcomes({ rules }), ['p0/x no-match', 'p0/x matched decides', 'p0/x unread']);
});

test('policies that do not count, or of which that cannot be said', () => {
  const rules: PolicySpec['rules'] = [{ effect: 'ALLOW', condition: YES }];
  const ignored: PolicySpec = { rules, enforcementRules: [{ effect: 'IGNORE', condition: YES }] };
  const open: PolicySpec = { rules, enforcementRules: [{ effect: 'IGNORE', condition: MISSING }] };
  const broken: PolicySpec = { rules, enforcementRules: [{ effect: 'IGNORE', condition: ERROR }] };
  assert.deepEqual(outcomes(ignored, open), ['p0/rules[0] ignored', 'p1/rules[0] open']);
  assert.deepEqual(outcomes(broken, { rules }), ['p0/rules[0] error decides', 'p1/rules[0] unread']);
  const { policies } = trace(ignored);
  assert.deepEqual(
    policies.map(({ applies, enforcement }) => [
      applies,
      enforcement.map(({ effect, condition }) => [effect, condition.truth]),
    ]),
    [[false, [['IGNORE', true]]]],
  );
});

test('a list tells of its conditions as far as it went', () => {
  const condition: Condition = { all: { of: [YES, { none: { of: [NO, YES] } }, YES] } };
  const [rule] = trace({ rules: [{ effect: 'DENY', condition }] }).rules;
  assert.equal(rule?.outcome, 'no-match');
  const forms = rule.condition?.conditions.map(({ form, truth, conditions }) => [form, truth, conditions.length]);
  assert.deepEqual(forms, [
    ['match', true, 0],
    ['none', false, 2],
  ]);
});

test('each rule that was looked at has its time', () => {
  const { rules } = trace({
    rules: [
      { effect: 'DENY', condition: YES },
      { effect: 'ALLOW', condition: YES },
    ],
  });
  assert.ok((rules[0]?.microseconds ?? 0) > 0);
  assert.equal(rules[1]?.microseconds, null);
});
