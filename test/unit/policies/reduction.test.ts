import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type RuleList, ruleList } from '../../../policies/decide.ts';
import { traceRules } from '../../../policies/explain/rules.ts';
import { type PolicyInput, serviceInput } from '../../../policies/input.ts';
import { type CompiledPolicy, compilePolicy } from '../../../policies/policy.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import { Reduction } from '../../../policies/reduction.ts';
import { decideBesideShadow } from '../../../policies/shadow.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Condition, EnforcementRule, PolicySpec, Rule } from '../../../src/model/index.ts';
import { BOMB, clusterConfig, engine, input, NOW, namespace, principal, service } from './fixtures.ts';

const ATTRS = { open: true, names: ['alice'], level: 4 };

function compiled(...specs: readonly PolicySpec[]): CompiledPolicy[] {
  return specs.map((spec, i) => {
    const policy = compilePolicy(`p${i}`, spec, engine);
    assert.deepEqual(policy.problems, []);
    return policy;
  });
}

function listOf(...specs: readonly PolicySpec[]): RuleList {
  return ruleList(compiled(...specs), null);
}

function reduction(name = 'api'): Reduction {
  return new Reduction(serviceInput(service({}, name), namespace()));
}

function left(list: RuleList, name = 'api'): string[] {
  return reduction(name)
    .reduce(list)
    .rules.map((rule) => rule.name);
}

const rule = (name: string, condition: Condition, effect: Rule['effect'] = 'ALLOW'): Rule => ({
  name,
  effect,
  condition,
});

const PATH: Condition = { match: 'ctx.request.http.path == "/"' };
const OWN: Condition = { match: 'ctx.service.metadata.name == "api"' };
const OTHER: Condition = { match: 'ctx.service.metadata.name == "other"' };

describe('which rules are left for requests to one Service', () => {
  const cases: Record<string, readonly [Condition, readonly string[]]> = {
    'never: matchAny': [{ matchAny: false }, ['path', 'last']],
    'never: an empty match': [{ match: '' }, ['path', 'last']],
    'never: a constant': [{ match: 'attrs.level < 1.0' }, ['path', 'last']],
    'never: another Service': [OTHER, ['path', 'last']],
    'never: something missing': [{ match: 'attrs.nothing' }, ['path', 'last']],
    'never: all': [{ all: { of: [PATH, { any: { of: [OTHER, { matchAny: false }] } }] } }, ['rule', 'path', 'last']],
    'never: all, at the beginning': [{ all: { of: [OTHER, PATH] } }, ['path', 'last']],
    'never: none': [{ none: { of: [OWN, PATH] } }, ['path', 'last']],
    'never: an empty list': [{ none: { of: [] } }, ['path', 'last']],
    'always: matchAny': [{ matchAny: true }, ['rule']],
    'always: this Service': [OWN, ['rule']],
    'always: not another one': [{ not: 'ctx.service.metadata.name == "other"' }, ['rule']],
    'always: none': [{ none: { of: [OTHER, { matchAny: false }] } }, ['rule']],
    'always: any': [{ any: { of: [OWN, PATH] } }, ['rule']],
    'always: fails': [{ match: '1 / 0 == 1' }, ['rule']],
    'always: takes too much': [{ match: BOMB }, ['rule']],
    'the request decides': [PATH, ['rule', 'path', 'last']],
    'the time decides': [{ match: 'now() > timestamp(0)' }, ['rule', 'path', 'last']],
    'the principal decides': [{ match: 'ctx.user.metadata.name in attrs.names' }, ['rule', 'path', 'last']],
  };
  for (const [name, [condition, expected]] of Object.entries(cases)) {
    test(name, () => {
      const rules = [rule('rule', condition), rule('path', PATH), rule('last', { matchAny: true }), rule('x', PATH)];
      assert.deepEqual(left(listOf({ attrs: ATTRS, rules })), expected);
    });
  }
});

test('every Service has its own', () => {
  const list = listOf({ rules: [rule('own', OWN), rule('other', OTHER), rule('path', PATH)] });
  assert.deepEqual(left(list, 'api'), ['own']);
  assert.deepEqual(left(list, 'other'), ['other']);
  assert.deepEqual(left(list, 'third'), ['path']);
});

test('a policy that may not count keeps its rules, and ends no list', () => {
  const rules = [rule('never', { matchAny: false }), rule('always', { matchAny: true })];
  const last = { rules: [rule('path', PATH)] };
  const open = (condition: Condition): PolicySpec => ({ rules, enforcementRules: [{ effect: 'IGNORE', condition }] });
  assert.deepEqual(left(listOf(open(PATH), last)), ['never', 'always', 'path']);
  assert.deepEqual(left(listOf(open(OWN), last)), ['path']);
  assert.deepEqual(left(listOf(open(OTHER), last)), ['always']);
  assert.equal(reduction().reduce(listOf(open(OTHER), last)).enforcement, false);
});

test('a list in which nothing is certain stays as it is', () => {
  const list = listOf({ rules: [rule('path', PATH), rule('all', { all: { of: [PATH, { not: 'now() == now()' }] } })] });
  assert.equal(reduction().reduce(list), list);
});

test('what is about the Service alone is evaluated once, and after what always decides nothing is', () => {
  let evaluations = 0;
  const counting: typeof engine = {
    ...engine,
    compile: () => ({
      ok: true,
      program: {
        source: '',
        type: 'bool',
        dependsOn: 'service',
        evaluate: () => {
          evaluations += 1;
          return { kind: 'value', value: evaluations === 2 };
        },
      },
    }),
  };
  const rules = ['a', 'b', 'c', 'd'].map((match) => rule(match, { match }));
  const own = service({ authorization: { inlinePolicies: [{ name: 'own', spec: { rules } }] } });
  const set = compilePolicySet({ policies: [], owners: [], engine: counting });
  const authorizer = set.authorizerFor(own, namespace(), clusterConfig());
  for (const who of [principal(), principal(), principal()]) {
    assert.equal(authorizer.authorize(who, input({ principal: who })).rule, 'b');
  }
  assert.equal(evaluations, 2);
});

test('an explanation tells of every rule, in order', () => {
  const rules = [
    rule('never', { matchAny: false }),
    rule('other', OTHER),
    rule('path', PATH),
    rule('own', { all: { of: [OWN, { match: 'attrs.open' }] } }),
    rule('after', { matchAny: true }),
  ];
  const own = service({ authorization: { inlinePolicies: [{ name: 'own', spec: { attrs: ATTRS, rules } }] } });
  const set = compilePolicySet({ policies: [], owners: [], engine });
  const authorizer = set.authorizerFor(own, namespace(), clusterConfig());
  const who = principal();
  const { decision, rules: told } = traceRules(authorizer.basis!(who, NOW).list!, input({ service: own }));
  assert.deepEqual(decision, authorizer.authorize(who, input({ service: own })));
  assert.deepEqual(
    told.map(({ rule: name, outcome, decides }) => [name, outcome, decides]),
    [
      ['never', 'no-match', false],
      ['other', 'no-match', false],
      ['path', 'no-match', false],
      ['own', 'matched', true],
      ['after', 'unread', false],
    ],
  );
  const parts = told[3]?.condition?.conditions.flatMap((one) =>
    one.parts.map(({ text, shown }) => `${text}: ${shown}`),
  );
  assert.deepEqual(parts, [
    'ctx.service.metadata.name == "api": true',
    'ctx.service.metadata.name: "api"',
    'attrs.open: true',
  ]);
});

const leaf: fc.Arbitrary<Condition> = fc
  .constantFrom(
    ...['true', 'false', 'attrs.open', 'attrs.level > 5.0', 'attrs.nothing', '1 / 0 == 1', 'attrs.level'],
    ...['ctx.service.metadata.name == "api"', 'ctx.namespace.metadata.name == "x"', 'ctx.service.spec.attrs.x == 1'],
    ...['ctx.user.metadata.name in attrs.names', 'ctx.device.metadata.name == ""', 'ctx.groups[0].metadata.name == ""'],
    ...['ctx.request.http.path == "/a"', 'ctx.request.http.headers["x"] == "1"', 'now() > timestamp(0)', ''],
    ...['attrs.open && ctx.request.http.path == "/a"', 'ctx.request.http.headers["x"] == "1" || attrs.open', BOMB],
  )
  .map((match) => ({ match }));
const condition: fc.Arbitrary<Condition> = fc.letrec<{ one: Condition }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: leaf },
    fc.boolean().map((matchAny) => ({ matchAny })),
    leaf.map(({ match }) => ({ not: match! })),
    fc
      .tuple(fc.constantFrom('all', 'any', 'none'), fc.array(tie('one'), { maxLength: 3 }))
      .map(([form, of]): Condition => ({ [form]: { of } })),
  ),
})).one;
const spec: fc.Arbitrary<PolicySpec> = fc.record({
  attrs: fc.constant(ATTRS),
  shadow: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  rules: fc.array(
    fc.record({
      effect: fc.constantFrom('ALLOW' as const, 'DENY' as const),
      condition,
      priority: fc.integer({ min: -1, max: 1 }),
    }),
    { maxLength: 4 },
  ),
  enforcementRules: fc.oneof(
    { weight: 2, arbitrary: fc.constant<EnforcementRule[]>([]) },
    fc.array<EnforcementRule>(
      fc.record({ effect: fc.constantFrom('ENFORCE' as const, 'IGNORE' as const), condition }),
      {
        maxLength: 3,
      },
    ),
  ),
});

const INPUTS: readonly PolicyInput[] = ['api', 'other'].flatMap((name) =>
  ['/', '/a'].flatMap((path) =>
    [[], ['x', '1'], ['x', '1', 'x', '2']].map((headers) =>
      input({ service: service({}, name), request: { path, headers: new HeaderList(headers) } }),
    ),
  ),
);

test('the rules that are left decide as all of them do', () => {
  let shortened = 0;
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 4 }), (specs) => {
      const list = listOf(...specs);
      const reductions = new Map(['api', 'other'].map((name) => [name, reduction(name).reduce(list)]));
      for (const [i, one] of INPUTS.entries()) {
        const short = reductions.get(i < INPUTS.length / 2 ? 'api' : 'other')!;
        assert.deepEqual(decideBesideShadow(short, one), decideBesideShadow(list, one));
        if (short.rules.length < list.rules.length) shortened += 1;
      }
    }),
    { numRuns: 1000 },
  );
  assert.ok(shortened > 1000, `only ${shortened} lists were shorter`);
});
