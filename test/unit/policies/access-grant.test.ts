import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceRules } from '../../../policies/explain/rules.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { ClusterConfig, InlinePolicy, PolicySpec, Rule } from '../../../src/model/index.ts';
import { clusterConfig, engine, input, namespace, principal, service, session, user } from './fixtures.ts';

const DENY: Rule = { name: 'no', effect: 'DENY', condition: { matchAny: true } };
const requests = { accessRequests: { approvers: { users: ['boss'] } } };
const everywhere: ClusterConfig = { ...clusterConfig(), spec: { authorization: requests } };

function authorizer(authorization: object, cluster = clusterConfig(), ...specs: readonly PolicySpec[]) {
  const inlinePolicies = specs.map((spec, i): InlinePolicy => ({ name: `p${i}`, spec }));
  const owner = service({ authorization: { inlinePolicies, ...authorization } });
  const set = compilePolicySet({ policies: [], owners: [owner], engine });
  return set.authorizerFor(owner, namespace(), cluster);
}

const granted = () => ({ ...input(), hasGrant: true });

test('a grant allows, by a policy of its own, where access can be asked for', () => {
  const { effect, policy, reason } = authorizer(requests).authorize(principal(), granted());
  assert.deepEqual([effect, policy, reason], ['allow', 'access-grant', 'policy-allowed']);
  assert.equal(authorizer({}, everywhere).authorize(principal(), granted()).effect, 'allow', 'said by the cluster');
  assert.equal(authorizer(requests).authorize(principal(), input()).reason, 'no-policy-match', 'without one');
});

test('where access cannot be asked for, a grant of former times counts for nothing', () => {
  assert.equal(authorizer({}).authorize(principal(), granted()).effect, 'deny');
  const off = { accessRequests: { isDisabled: true } };
  assert.equal(authorizer(off, everywhere).authorize(principal(), granted()).effect, 'deny', 'the Service says no');
});

test('DENY rules of its priority and before it win, and so does a broken policy', () => {
  const decide = (spec: PolicySpec) => authorizer(requests, undefined, spec).authorize(principal(), granted());
  assert.equal(decide({ rules: [DENY] }).reason, 'policy-denied');
  assert.equal(decide({ rules: [{ ...DENY, priority: -1 }] }).reason, 'policy-denied');
  assert.equal(decide({ rules: [{ ...DENY, priority: 1 }] }).policy, 'access-grant');
  const broken: PolicySpec = { rules: [{ effect: 'ALLOW', condition: { match: 'ctx.usr' } }] };
  assert.equal(decide(broken).reason, 'policy-error');
});

test('what is checked before any policy holds all the same', () => {
  const ask = (one: ReturnType<typeof principal>) => authorizer(requests).authorize(one, granted()).reason;
  assert.equal(ask(principal({ user: user('alice', { isDisabled: true }) })), 'user-disabled');
  const pending = session();
  assert.equal(
    ask(principal({ session: { ...pending, spec: { ...pending.spec, state: 'PENDING' } } })),
    'session-not-active',
  );
});

test('an explanation shows it, whether it matched or not', () => {
  const { list } = authorizer(requests).basis!(principal(), input().time);
  const outcome = (hasGrant: boolean) => traceRules(list!, { ...input(), hasGrant }).rules.map((rule) => rule.outcome);
  assert.deepEqual([outcome(true), outcome(false)], [['matched'], ['no-match']]);
});
