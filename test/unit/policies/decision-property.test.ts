import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Principal } from '../../../identity/principal.ts';
import type { Authorizer, Decision } from '../../../policies/decision.ts';
import { traceRules } from '../../../policies/explain/rules.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { Authorization, Condition, EnforcementRule, Policy, PolicySpec } from '../../../src/model/index.ts';
import {
  clusterConfig,
  device,
  engine,
  group,
  input,
  NOW,
  namespace,
  policy,
  principal,
  service,
  session,
  user,
} from './fixtures.ts';
import { type Answer, type Owner, referenceDecision } from './reference-model.ts';

const CONDITIONS: Record<Answer, Condition> = {
  true: { match: '1 == 1' },
  false: { match: '1 == 2' },
  missing: { match: 'ctx.request.grpc.method == ""' },
  error: { match: '1 / 0 == 1' },
};

function answerOf(condition: Condition | undefined): Answer {
  const found = Object.entries(CONDITIONS).find(([, { match }]) => match === condition?.match);
  return found?.[0] as Answer;
}

const NAMES = ['a', 'b', 'c', 'b.a', 'c.b.a'];

const condition = fc
  .constantFrom<Answer>('true', 'false', 'false', 'missing', 'error')
  .map((answer) => CONDITIONS[answer]);
const rule = fc.record({
  effect: fc.constantFrom('ALLOW' as const, 'DENY' as const),
  condition,
  priority: fc.integer({ min: -4, max: 4 }),
});
const enforcementRule = fc.record({ effect: fc.constantFrom('ENFORCE' as const, 'IGNORE' as const), condition });
const spec: fc.Arbitrary<PolicySpec> = fc.record({
  rules: fc.array(rule, { maxLength: 4 }),
  enforcementRules: fc.oneof(
    { weight: 3, arbitrary: fc.constant<EnforcementRule[]>([]) },
    { weight: 1, arbitrary: fc.array(enforcementRule, { maxLength: 3 }) },
  ),
  isDisabled: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const owner: fc.Arbitrary<Owner> = fc.record({
  names: fc.subarray(NAMES, { maxLength: 2 }),
  inline: fc.array(spec, { maxLength: 2 }),
});
const policies: fc.Arbitrary<Policy[]> = fc
  .tuple(
    fc.tuple(spec, spec, spec, spec, spec),
    fc.oneof({ weight: 1, arbitrary: fc.subarray(NAMES) }, { weight: 4, arbitrary: fc.constant(NAMES) }),
  )
  .map(([specs, present]) => NAMES.flatMap((name, i) => (present.includes(name) ? [policy(name, specs[i]!)] : [])));

function authorization({ names, inline }: Owner): Authorization {
  return { policies: [...names], inlinePolicies: inline.map((own, i) => ({ name: `own-${i}`, spec: own })) };
}

/** An explanation tells of this decision, and of the one rule that made it. */
function assertExplained(authorizer: Authorizer, who: Principal, decision: Decision): void {
  const { list } = authorizer.basis!(who, NOW);
  const { decision: explained, rules } = traceRules(list!, input({ principal: who }));
  assert.deepEqual(explained, decision);
  const made = rules.filter(({ decides }) => decides);
  if (list!.broken !== null || decision.policy === null) assert.deepEqual(made, []);
  else if (decision.rule === 'enforcementRules') assert.deepEqual([made.length, made[0]?.policy], [1, decision.policy]);
  else assert.deepEqual([made.length, made[0]?.policy, made[0]?.rule], [1, decision.policy, decision.rule]);
}

test('the decision is that of the reference model', () => {
  const seen = new Map<string, number>();
  const owners = fc.tuple(owner, owner, owner, owner, owner, owner, owner, owner);
  fc.assert(
    fc.property(policies, owners, (all, attached) => {
      const [ofService, ofNamespace, ofUser, ofDev, ofOps, ofSession, ofDevice, ofCluster] = attached;
      const who = principal({
        user: user('alice', { authorization: authorization(ofUser) }),
        groups: [group('dev', authorization(ofDev)), group('ops', authorization(ofOps))],
        session: session({ authorization: authorization(ofSession) }),
        device: device({ authorization: authorization(ofDevice) }),
      });
      const authorizer = compilePolicySet({ policies: all, owners: [], engine }).authorizerFor(
        service({ authorization: authorization(ofService) }),
        namespace(authorization(ofNamespace)),
        clusterConfig(authorization(ofCluster)),
      );
      const expected = referenceDecision(attached, all, (from, list, i) => answerOf(from[list]?.[i]?.condition));
      const decision = authorizer.authorize(who, input({ principal: who }));
      assert.equal(decision.reason, expected);
      assert.equal(decision.effect, expected === 'policy-allowed' ? 'allow' : 'deny');
      assert.deepEqual(authorizer.authorize(who, input({ principal: who })), decision, 'the cached rules agree');
      assertExplained(authorizer, who, decision);
      seen.set(expected, (seen.get(expected) ?? 0) + 1);
    }),
    { numRuns: 1500 },
  );
  const outcomes = ['policy-allowed', 'policy-denied', 'policy-error'];
  for (const outcome of outcomes) assert.ok((seen.get(outcome) ?? 0) > 20, `too few runs end in ${outcome}`);
});

test('few rules: nothing matches often, and that denies', () => {
  fc.assert(
    fc.property(spec, (own) => {
      const attached: Owner = { names: [], inline: [own] };
      const set = compilePolicySet({ policies: [], owners: [], engine });
      const target = service({ authorization: authorization(attached) });
      const who = principal();
      const decision = set
        .authorizerFor(target, namespace(), clusterConfig())
        .authorize(who, input({ principal: who }));
      assert.equal(
        decision.reason,
        referenceDecision([attached], [], (from, list, i) => answerOf(from[list]?.[i]?.condition)),
      );
    }),
    { numRuns: 1500 },
  );
});
