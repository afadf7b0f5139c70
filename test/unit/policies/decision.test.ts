import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ANONYMOUS, type Principal } from '../../../identity/principal.ts';
import type { Decision } from '../../../policies/decision.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { Authorization, Policy, Rule, Service } from '../../../src/model/index.ts';
import {
  BOMB,
  clusterConfig,
  device,
  engine,
  group,
  input,
  namespace,
  policy,
  principal,
  service,
  session,
  user,
} from './fixtures.ts';

const ALLOW: Rule = { effect: 'ALLOW', condition: { matchAny: true } };
const DENY: Rule = { effect: 'DENY', condition: { matchAny: true } };
const NO: Rule['condition'] = { matchAny: false };
const MISSING: Rule['condition'] = { match: 'ctx.device.status.x' };
const ERROR: Rule['condition'] = { match: '1 / 0 == 1' };
const COST: Rule['condition'] = { match: BOMB };

const POLICIES: readonly Policy[] = [
  policy('allow-all', { rules: [ALLOW] }),
  policy('deny-all', { rules: [DENY] }),
  policy('off', { isDisabled: true, rules: [DENY] }),
  policy('child.parent.base', { rules: [] }),
  policy('parent.base', { rules: [] }),
  policy('base', { rules: [{ ...ALLOW, name: 'from base' }] }),
  policy('orphan.gone', { rules: [ALLOW] }),
  policy('broken', { rules: [{ effect: 'ALLOW', condition: { match: 'ctxt.x' } }] }),
  policy('off-and-broken', { isDisabled: true, rules: [{ effect: 'ALLOW', condition: { match: 'ctxt.x' } }] }),
  policy('by-attrs', {
    attrs: { names: ['alice'] },
    rules: [{ effect: 'ALLOW', condition: { match: 'ctx.user.metadata.name in attrs.names' } }],
  }),
];

interface Attached {
  readonly service?: Authorization;
  readonly namespace?: Authorization;
  readonly cluster?: Authorization;
  readonly who?: Principal;
  readonly of?: Service;
}

function decide(attached: Attached): Decision {
  const set = compilePolicySet({ policies: POLICIES, owners: [], engine });
  const target = attached.of ?? service(attached.service === undefined ? {} : { authorization: attached.service });
  const authorizer = set.authorizerFor(target, namespace(attached.namespace), clusterConfig(attached.cluster));
  const who = attached.who ?? principal();
  return authorizer.authorize(who, input({ principal: who, service: target }));
}

function inline(...rules: Rule[]): Authorization {
  return { inlinePolicies: [{ name: 'own', spec: { rules } }] };
}

function reasonOf(...rules: Rule[]): string {
  return decide({ service: inline(...rules) }).reason;
}

describe('which rule decides', () => {
  const cases: readonly (readonly [string, Rule[], string])[] = [
    ['nothing attached: deny', [], 'no-policy-match'],
    ['no condition matches: deny', [{ ...ALLOW, condition: NO }], 'no-policy-match'],
    ['an ALLOW that matches', [ALLOW], 'policy-allowed'],
    ['a DENY that matches', [DENY], 'policy-denied'],
    ['DENY before ALLOW at one priority', [ALLOW, DENY], 'policy-denied'],
    ['no priority is 0', [{ ...ALLOW, priority: 0 }, DENY], 'policy-denied'],
    ['ALLOW at -1 beats DENY at 0', [DENY, { ...ALLOW, priority: -1 }], 'policy-allowed'],
    ['DENY at -1 beats ALLOW at 0', [ALLOW, { ...DENY, priority: -1 }], 'policy-denied'],
    ['ALLOW at 0 beats DENY at 4', [{ ...DENY, priority: 4 }, ALLOW], 'policy-allowed'],
    ['a rule that does not match is passed', [{ ...DENY, condition: NO, priority: -4 }, ALLOW], 'policy-allowed'],
    ['an empty list of conditions never matches', [{ ...ALLOW, condition: { none: { of: [] } } }], 'no-policy-match'],
  ];
  for (const [what, rules, reason] of cases) test(what, () => assert.equal(reasonOf(...rules), reason));
});

describe('what cannot be evaluated denies', () => {
  const cases: readonly (readonly [string, Rule[], string])[] = [
    ['DENY that reads something missing', [{ ...DENY, condition: MISSING }, ALLOW], 'policy-error'],
    ['DENY that errs', [{ ...DENY, condition: ERROR }, ALLOW], 'policy-error'],
    ['ALLOW that errs, before one that matches', [{ ...ALLOW, condition: ERROR }, ALLOW], 'policy-error'],
    ['DENY that takes too much', [{ ...DENY, condition: COST }, ALLOW], 'policy-cost'],
    ['ALLOW that takes too much', [{ ...ALLOW, condition: COST }, ALLOW], 'policy-cost'],
    ['ALLOW that reads something missing does not match', [{ ...ALLOW, condition: MISSING }], 'no-policy-match'],
    ['and leaves the decision to the next', [{ ...ALLOW, condition: MISSING }, ALLOW], 'policy-allowed'],
    [
      'not of something missing is no match',
      [{ ...ALLOW, condition: { not: 'ctx.device.status.x' } }],
      'no-policy-match',
    ],
    ['what comes after the deciding rule is not asked', [DENY, { ...ALLOW, condition: ERROR }], 'policy-denied'],
    [
      'an error behind an ALLOW of lower priority',
      [
        { ...ALLOW, priority: -1 },
        { ...DENY, condition: ERROR },
      ],
      'policy-allowed',
    ],
  ];
  for (const [what, rules, reason] of cases) test(what, () => assert.equal(reasonOf(...rules), reason));

  test('the log learns which policy and rule, and why', () => {
    const decision = decide({ service: inline(ALLOW, { ...DENY, name: 'no laptops', condition: MISSING }) });
    const { detail, ...rest } = decision;
    assert.deepEqual(rest, { effect: 'deny', reason: 'policy-error', policy: 'Service/api#own', rule: 'no laptops' });
    assert.match(detail ?? '', /device/);
  });
});

describe('policies that cannot be used', () => {
  const usable = { policies: ['allow-all'] };
  for (const at of ['service', 'namespace', 'cluster'] as const) {
    test(`a missing one denies wherever it is attached: ${at}`, () => {
      const decision = decide({ service: usable, [at]: { policies: ['allow-all', 'gone'] } });
      assert.deepEqual([decision.effect, decision.reason, decision.policy], ['deny', 'policy-error', 'gone']);
    });
  }

  test('so does one that did not compile', () => {
    const decision = decide({ service: { policies: ['allow-all', 'broken'] } });
    assert.deepEqual([decision.reason, decision.policy], ['policy-error', 'broken']);
    assert.match(decision.detail ?? '', /rules\[0\]\.condition\.match: unknown name "ctxt"/);
  });

  test('on the side of the principal too', () => {
    const who = principal({ groups: [group('dev', { policies: ['gone'] })] });
    const decision = decide({ service: usable, who });
    assert.deepEqual([decision.reason, decision.policy], ['policy-error', 'gone']);
    assert.match(decision.detail ?? '', /Group\/dev/);
  });

  test('and a missing parent', () => {
    assert.equal(decide({ service: { policies: ['orphan.gone'] } }).policy, 'gone');
  });

  test('a disabled one is not there, broken or not', () => {
    assert.equal(decide({ service: { policies: ['off', 'off-and-broken', 'allow-all'] } }).reason, 'policy-allowed');
  });
});

describe('where policies are attached', () => {
  const allowed = { policies: ['allow-all'] };
  const who: Record<string, Principal> = {
    user: principal({ user: user('alice', { authorization: allowed }) }),
    group: principal({ groups: [group('ops'), group('dev', allowed)] }),
    session: principal({ session: session({ authorization: allowed }) }),
    device: principal({ device: device({ authorization: allowed }) }),
  };
  for (const [place, principalThere] of Object.entries(who)) {
    test(place, () => assert.equal(decide({ who: principalThere }).reason, 'policy-allowed'));
  }
  test('service', () => assert.equal(decide({ service: allowed }).reason, 'policy-allowed'));
  test('namespace', () => assert.equal(decide({ namespace: allowed }).reason, 'policy-allowed'));
  test('cluster', () => assert.equal(decide({ cluster: allowed }).reason, 'policy-allowed'));

  test('a policy of one place can deny what another allows', () => {
    assert.equal(decide({ service: allowed, cluster: { policies: ['deny-all'] } }).policy, 'deny-all');
  });

  test('a name brings its parents', () => {
    const decision = decide({ service: { policies: ['child.parent.base'] } });
    assert.deepEqual([decision.reason, decision.policy, decision.rule], ['policy-allowed', 'base', 'from base']);
  });

  test('a policy sees its own attrs', () => {
    assert.equal(decide({ service: { policies: ['by-attrs'] } }).reason, 'policy-allowed');
    const bob = principal({ user: user('bob') });
    assert.equal(decide({ service: { policies: ['by-attrs'] }, who: bob }).reason, 'no-policy-match');
  });

  test('the order of attachment is Service, Namespace, User, Group, Session, Device, ClusterConfig', () => {
    const everyone = principal({
      user: user('alice', { authorization: inline(ALLOW) }),
      groups: [group('dev', inline(ALLOW))],
      session: session({ authorization: inline(ALLOW) }),
      device: device({ authorization: inline(ALLOW) }),
    });
    const attached = { service: inline(ALLOW), namespace: inline(ALLOW), cluster: inline(ALLOW), who: everyone };
    const order: (string | null)[] = [];
    const never = inline({ ...ALLOW, condition: NO });
    const places: readonly (readonly [string, Attached])[] = [
      ['Service/api', attached],
      ['Namespace/default', { ...attached, service: never }],
      ['User/alice', { ...attached, service: never, namespace: never }],
      ['Group/dev', { cluster: inline(ALLOW), who: { ...everyone, user: user() } }],
      ['Session/alice-abc123', { cluster: inline(ALLOW), who: { ...everyone, user: user(), groups: [] } }],
      ['Device/laptop', { cluster: inline(ALLOW), who: { ...everyone, user: user(), groups: [], session: session() } }],
      ['ClusterConfig/default', { cluster: inline(ALLOW) }],
    ];
    for (const [, place] of places) order.push(decide(place).policy);
    assert.deepEqual(
      order,
      places.map(([name]) => `${name}#own`),
    );
  });
});

describe('enforcement rules', () => {
  const on = { matchAny: true };
  type Enforcement = NonNullable<Policy['spec']['enforcementRules']>;
  type Condition = Enforcement[number]['condition'];
  const ignore = (condition: Condition) => ({ effect: 'IGNORE' as const, condition });
  const enforce = (condition: Condition) => ({ effect: 'ENFORCE' as const, condition });
  /** Reasons with a DENY rule beside an allow-all, and with an ALLOW rule alone. */
  const cases: readonly (readonly [string, Enforcement, string, string])[] = [
    ['none: the policy counts', [], 'policy-denied', 'policy-allowed'],
    ['IGNORE that matches skips', [ignore(on)], 'policy-allowed', 'no-policy-match'],
    ['IGNORE that does not match keeps', [ignore(NO)], 'policy-denied', 'policy-allowed'],
    ['ENFORCE that matches keeps, whatever IGNORE says', [ignore(on), enforce(on)], 'policy-denied', 'policy-allowed'],
    ['ENFORCE that does not match leaves it to IGNORE', [enforce(NO), ignore(on)], 'policy-allowed', 'no-policy-match'],
    ['ENFORCE alone that does not match keeps', [enforce(NO)], 'policy-denied', 'policy-allowed'],
    ['ENFORCE that matches needs no IGNORE', [enforce(on), ignore(ERROR)], 'policy-denied', 'policy-allowed'],
    ['IGNORE that errs denies', [ignore(ERROR)], 'policy-error', 'policy-error'],
    [
      'IGNORE that reads something missing keeps what denies only',
      [ignore(MISSING)],
      'policy-denied',
      'no-policy-match',
    ],
    ['ENFORCE that errs denies', [enforce(ERROR), ignore(on)], 'policy-error', 'policy-error'],
    ['ENFORCE that reads something missing too', [enforce(MISSING), ignore(on)], 'policy-denied', 'no-policy-match'],
    ['IGNORE that takes too much denies', [ignore(COST)], 'policy-cost', 'policy-cost'],
    ['ENFORCE that takes too much denies', [enforce(COST), ignore(NO)], 'policy-cost', 'policy-cost'],
    ['one that matches makes up for one that errs', [enforce(ERROR), enforce(on)], 'policy-denied', 'policy-allowed'],
  ];
  for (const [what, enforcementRules, denying, allowing] of cases) {
    test(what, () => {
      const withDeny = { name: 'own', spec: { rules: [DENY], enforcementRules } };
      const withAllow = { name: 'own', spec: { rules: [ALLOW], enforcementRules } };
      assert.equal(decide({ service: { policies: ['allow-all'], inlinePolicies: [withDeny] } }).reason, denying);
      assert.equal(decide({ service: { inlinePolicies: [withAllow] } }).reason, allowing);
    });
  }
});

describe('anonymous Services', () => {
  const plain = service({ isAnonymous: true });
  const asking = (authorization: Authorization) =>
    service({ isAnonymous: true, authorization: { ...authorization, enableAnonymous: true } });

  test('a plain one allows, whatever is attached to the cluster', () => {
    const decision = decide({ of: plain, who: ANONYMOUS, cluster: { policies: ['deny-all'] } });
    assert.deepEqual([decision.effect, decision.reason], ['allow', 'anonymous']);
  });

  test('with enableAnonymous the policies of Service, Namespace and ClusterConfig decide', () => {
    const of = asking({ policies: ['allow-all'] });
    assert.equal(decide({ of, who: ANONYMOUS }).reason, 'policy-allowed');
    assert.equal(decide({ of, who: ANONYMOUS, namespace: { policies: ['deny-all'] } }).reason, 'policy-denied');
    assert.equal(decide({ of, who: ANONYMOUS, cluster: { policies: ['deny-all'] } }).reason, 'policy-denied');
    assert.equal(decide({ of: asking({}), who: ANONYMOUS }).reason, 'no-policy-match');
  });

  test('the policies of a user have no say there', () => {
    const who = principal({ user: user('alice', { authorization: { policies: ['allow-all'] } }) });
    assert.equal(decide({ of: asking({}), who }).reason, 'no-policy-match');
  });

  test('a Service that is not anonymous denies who has no session', () => {
    assert.equal(decide({ service: { policies: ['allow-all'] }, who: ANONYMOUS }).reason, 'session-not-active');
  });
});
