/** What a client sends is read and compared at the cost of the request alone, however it is made. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCelEngine } from '../../policies/cel/engine.ts';
import { decide } from '../../policies/decide.ts';
import { traceRules } from '../../policies/explain/rules.ts';
import { freeMap } from '../../policies/input/plain.ts';
import type { PolicyInput } from '../../policies/input.ts';
import { compilePolicySet } from '../../policies/policy-set.ts';
import { createRegoEngine } from '../../policies/rego/engine.ts';
import type { RemoteOpa } from '../../policies/rego/remote/remote.ts';
import { compileSelector } from '../../policies/select.ts';
import { DECISION_BUDGET } from '../../policies/values/decision-budget.ts';
import { storedKey } from '../../policies/values/map.ts';
import { Uint, type Value } from '../../policies/values/value.ts';
import type { Exchange } from '../../src/gateway/exchange.ts';
import type { DecidingParts } from '../../src/gateway/step.ts';
import { selectConfig } from '../../src/gateway/steps/select-config.ts';
import type { ConfigRule, PolicySpec, Rule } from '../../src/model/index.ts';
import { clusterConfig, input, namespace, principal, service } from '../unit/policies/fixtures.ts';
import { readyCompiler } from '../unit/policies/rego/fixtures.ts';

const engine = createCelEngine();
const TEN = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';
const OPA: RemoteOpa = {
  name: 'authz',
  ask: async (path) => ({ kind: 'answered', status: 200, body: Buffer.from(`{"result":${path === 'yes'}}`) }),
};
const REMOTES = new Map([[OPA.name, OPA]]);
const BODY = 'ctx.request.http.bodyMap';

function given(json: Record<string, unknown>) {
  return input({ body: { bytes: Buffer.from('x'), json } });
}

function outcome(source: string, json: Record<string, unknown>): unknown {
  const compiled = engine.compile(source);
  if (!compiled.ok) return 'refused';
  const result = compiled.program.evaluate(given(json));
  return result.kind === 'value' ? result.value : result.kind;
}

describe('numbers whose hashes collide', () => {
  const large = Array.from({ length: 6000 }, (_, i) => 1e300 * (1 + i * 1e-10));

  test('are looked for as texts, whose hashes nobody can foresee', () => {
    const numbers: Value[] = [1, 1n, new Uint(1n), -0, 1e300, 2 ** 60, 2n ** 63n, -5n];
    for (const number of numbers) assert.equal(typeof storedKey(number), 'string');
  });

  test('equal what they equal, and no text', () => {
    assert.deepEqual([1, 1n, new Uint(1n)].map(storedKey), ['#1', '#1', '#1']);
    assert.deepEqual([-0, 0n].map(storedKey), ['#0', '#0']);
    assert.equal(storedKey(2 ** 60), storedKey(2n ** 60n));
    assert.notEqual(storedKey(2 ** 70), storedKey(2n ** 63n));
    assert.equal(storedKey(Number.NaN), undefined);
    assert.notEqual(storedKey('#1'), storedKey(1n));
    assert.notEqual(storedKey('##1'), storedKey('#1'));
  });

  for (const [source, expected] of [
    ['[1, 1u, 1.0].distinct() == [1]', true],
    ['sets.equivalent([1, 2u], [2.0, 1.0])', true],
    ['{1: "a"}[dyn(1u)] == "a" && {1: "a"}[dyn(1.0)] == "a"', true],
    ['{"#1": "a", 1: "b"}["#1"] == "a"', true],
    ['"#1" in [1, "x"]', false],
    ['"#1" in ["#1"]', true],
    ['0.0 in [-0.0] && !(double("NaN") in [double("NaN")])', true],
  ] as const) {
    test(source, () => assert.equal(outcome(source, {}), expected));
  }

  test('a name of the client that looks like a number', () => {
    assert.equal(outcome(`${BODY}["#1"] == "a"`, { '#1': 'a' }), true);
  });

  for (const call of ['distinct().size() > 0', 'hasAll([1.0])', 'hasAny([1.0])']) {
    test(`${call} of many takes more than there is`, () => {
      assert.equal(outcome(`${BODY}.ids.${call}`, { ids: [...large, ...large] }), 'cost');
    });
  }

  test('so do many that come in one header', () => {
    const source = `${BODY}.list.split(",").map(x, double(x)).distinct().size() > 0`;
    assert.equal(outcome(source, { list: large.join(',') }), 'cost');
  });
});

test('paths whose keys have dots and backslashes are not taken for one another', () => {
  const attrs = freeMap({ m: { 'a.b': false, 'a\\': { b: true } } });
  const values = ['ctx.request.http.bodyMap.m["a.b"]', 'ctx.request.http.bodyMap.m["a\\\\"]["b"]'].map((source) => {
    const compiled = engine.compile(source, attrs);
    return compiled.ok ? compiled.program.evaluate(one) : null;
  });
  assert.deepEqual(values, [
    { kind: 'value', value: false },
    { kind: 'value', value: true },
  ]);
});
const one = given({ m: { 'a.b': false, 'a\\': { b: true } } });

describe('what a body has much of is paid for when it is read', () => {
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  const sources: Record<string, readonly [string, Record<string, unknown>]> = {
    'names that are counted': [`${BODY}.size() > 0`, pairs(130_000)],
    'names that are compared': [`${BODY}.a == ${BODY}.b`, { a: pairs(70_000), b: pairs(70_000) }],
    'maps that are compared': [
      `${BODY}.a == ${BODY}.b`,
      { a: Array.from({ length: 40_000 }, () => ({ x: 1 })), b: Array.from({ length: 40_000 }, () => ({ x: 1 })) },
    ],
    'lists in lists': [`${BODY}.a.size() > 0`, { a: Array.from({ length: 60_000 }, (_, i) => [[i]]) }],
    'names that are put in order': [`"%s".format([${BODY}]) != ""`, pairs(20_000)],
    'texts that are put in order': [
      `${BODY}.a.sortBy(x, string(x)).size() > 0`,
      { a: Array.from({ length: 5000 }, (_, i) => `${'a'.repeat(240)}${i}`) },
    ],
    'the largest of many texts': [`${BODY}.a.max() != ""`, { a: Array(5000).fill('a'.repeat(250)) }],
    'letters of a long text': [`${BODY}.a.lowerAscii() != ""`, { a: 'Aé'.repeat(1_000_000) }],
    'patterns of the client': [
      `${BODY}.a.exists(p, "x".matches(p))`,
      { a: Array.from({ length: 30 }, (_, i) => `(?i)${'[^\\pL\\pN]'.repeat(10)}${i}`) },
    ],
    'a range of letters of either case': [
      `${BODY}.a.exists(p, "x".matches(p))`,
      { a: ['(?i)[\\x{80}-\\x{10ffff}]', '(?i)[\\x{81}-\\x{10ffff}]'] },
    ],
  };
  for (const [what, [source, json]] of Object.entries(sources)) {
    test(what, () => assert.equal(outcome(source, json), 'cost'));
  }
});

describe('constant patterns that are too heavy are refused', () => {
  for (const pattern of [
    `(?i)${'[\\\\pL\\\\pN]'.repeat(400)}`,
    '(\\\\pL{1000}){9}',
    '(?i)[\\\\x{80}-\\\\x{10ffff}]{9}',
  ]) {
    test(pattern.slice(0, 30), () => assert.equal(outcome(`"x".matches("${pattern}")`, {}), 'refused'));
  }
  test('and those that people write are not', () => {
    const usual = ['(?i)^[\\\\w.-]{1,64}@[a-z-]{1,63}$', '^[\\\\pL\\\\pN ]{1,100}$', '(?i)[а-яё]{1,100}'];
    for (const pattern of usual) assert.equal(outcome(`"-".matches("${pattern}") || true`, {}), true, pattern);
  });
});

test('patterns of the client match what the same ones do that are written in a policy', () => {
  const patterns = [
    '(a|b|ab)*c',
    '^x+$',
    '(?i)ÄB',
    '\\bword\\b',
    '[^a-z]{2}',
    '(?m)^b$',
    '$^',
    'a{2,3}',
    '(?s)a.b',
    '\\pL\\d',
  ];
  const texts = ['', 'ababc', 'xxx', 'äb', 'a word', 'AB1', 'a\nb', 'aaa', 'é1', 'b'];
  for (const pattern of patterns) {
    for (const text of texts) {
      const written = outcome(`${BODY}.t.matches(${JSON.stringify(pattern)})`, { t: text });
      assert.equal(outcome(`${BODY}.t.matches(${BODY}.p)`, { t: text, p: pattern }), written, `${pattern} ${text}`);
    }
  }
});

test('lists that are nested deeper than the stack are an error', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 5000; i++) deep = [deep];
  assert.equal(outcome(`${BODY}.deep == 1`, { deep }), 'error');
});

describe('all conditions of one decision share a budget', () => {
  const items = { items: Array.from({ length: 4000 }, (_, i) => ({ q: i })) };
  const match = (i: number) => `${BODY}.items.exists(x, x.q < ${-i}.0 - 1.0)`;
  const deny = (i: number): Rule => ({ name: `no${i}`, effect: 'DENY', condition: { match: match(i) } });
  const allow: Rule = { name: 'yes', effect: 'ALLOW', priority: 1, condition: { matchAny: true } };

  function listOf(...specs: readonly PolicySpec[]) {
    const owner = service({
      authorization: { inlinePolicies: specs.map((spec, i) => ({ name: `p${i}`, spec })) },
    });
    const set = compilePolicySet({ policies: [], owners: [owner], engine });
    return set.authorizerFor(owner, namespace(), clusterConfig());
  }
  const many = (count: number) => Array.from({ length: count }, (_, i) => deny(i));

  test('few rules decide, many are denied at a cost that does not grow', () => {
    assert.equal(listOf({ rules: [...many(3), allow] }).authorize(principal(), given(items)).effect, 'allow');
    const [asking, denied] = [given(items), listOf({ rules: [...many(100), allow] })];
    const { effect, reason, detail } = denied.authorize(principal(), asking);
    assert.deepEqual([effect, reason], ['deny', 'policy-cost']);
    assert.match(detail ?? '', /together/);
    assert.equal(denied.authorize(principal(), asking).reason, 'policy-cost', 'each decision begins anew');
  });

  test('shadow policies have one of their own', () => {
    const shadowed = listOf({ rules: [...many(3), allow] }, { shadow: true, rules: many(100) });
    const asking = given(items);
    const decision = shadowed.authorize(principal(), asking);
    assert.equal(decision.effect, 'allow');
    assert.deepEqual(decision.shadow, [{ policy: 'Service/api#p1', would: 'deny' }]);
    const alone = given(items);
    listOf({ rules: [...many(3), allow] }).authorize(principal(), alone);
    assert.equal(asking.budget?.left, alone.budget?.left);
    assert.ok((asking.budget?.left ?? DECISION_BUDGET) < DECISION_BUDGET);
  });

  test('the choice of the config goes on with what is left', () => {
    const rules = Array.from({ length: 100 }, (_, i) => ({ condition: { match: match(i) }, configName: 'a' }));
    const compiled = compileSelector({
      service: 'api',
      rules,
      configs: new Map([['a', 1]]),
      defaultConfig: 0,
      compute: () => ({ kind: 'none' }),
      engine,
    });
    assert.ok(compiled.ok);
    assert.equal(compiled.selector.select(given(items)).kind, 'error');
  });

  /** The step as the gateway takes it, as far as it looks at the exchange. */
  async function chosen(rules: readonly ConfigRule[], asking: PolicyInput): Promise<string> {
    const compiled = compileSelector({
      service: 'api',
      rules,
      configs: new Map([['a', 'a']]),
      defaultConfig: 'usual',
      compute: () => ({ kind: 'none' }),
      engine: { ...engine, rego: createRegoEngine(readyCompiler([[]])), opa: { bundles: new Map(), remotes: REMOTES } },
    });
    assert.ok(compiled.ok, JSON.stringify(compiled));
    const x = { service: { selector: compiled.selector }, input: asking, config: null };
    const outcome = await selectConfig(x as unknown as Exchange, {} as unknown as DecidingParts);
    return outcome === null ? String(x.config) : JSON.stringify(outcome);
  }
  const choice = (i: number): ConfigRule => ({ condition: { match: match(i) }, configName: 'a' });
  const asks = (path: string): ConfigRule => ({ condition: { opa: { remote: 'authz', path } }, configName: 'a' });

  test('a choice of the config that waits for a remote OPA pays for its last round alone', async () => {
    const six = [0, 1, 2, 3, 4, 5].map(choice);
    const asking = given(items);
    assert.equal(await chosen(six, asking), 'usual');
    assert.ok(asking.budget!.left < DECISION_BUDGET / 2, 'two rounds take more than there is');
    assert.equal(await chosen([...six, asks('yes')], given(items)), 'a');
  });

  test('and goes on with what the decision has left, in each round', async () => {
    const asking = given(items);
    asking.budget!.left = DECISION_BUDGET / 3;
    const outcome = await chosen([choice(0), asks('no'), ...[1, 2, 3, 4, 5].map(choice)], asking);
    assert.match(outcome, /config-error.*rules\[[2-6]\]: .*together/);
  });

  test('explanations pay for what decides, and for nothing else', () => {
    const loop = `${TEN}.all(a, ${TEN}.all(b, ${TEN}.all(c, a + b + c + size(ctx.service.metadata.name) >= 0)))`;
    const rule = (i: number): Rule => {
      return { name: `own${i}`, effect: 'ALLOW', condition: { match: `${loop} && ctx.service.metadata.name == "x"` } };
    };
    const rules = [...Array.from({ length: 40 }, (_, i) => rule(i)), ...many(2), allow];
    const authorizer = listOf({ rules });
    const [asking, explained] = [given(items), given(items)];
    const decision = authorizer.authorize(principal(), asking);
    const trace = traceRules(authorizer.basis!(principal(), asking.time).list!, explained);
    assert.equal(decision.effect, 'allow');
    assert.deepEqual(trace.decision, decision);
    assert.equal(trace.rules.length, rules.length);
    assert.equal(explained.budget?.left, asking.budget?.left);
  });

  test('so does the explanation of a choice', () => {
    const parts = {
      configs: new Map([['a', 1]]),
      defaultConfig: 0,
      compute: () => ({ kind: 'none' }) as const,
      engine,
    };
    const compiled = compileSelector({ service: 'api', ...parts, rules: [0, 1, 2, 3].map(choice) });
    assert.ok(compiled.ok);
    const [asking, explained] = [given(items), given(items)];
    assert.deepEqual(compiled.selector.trace!(explained).selection, compiled.selector.select(asking));
    assert.equal(explained.budget?.left, asking.budget?.left);
  });

  test('what depends on the principal alone is the same for all, whoever asked first', () => {
    const condition = { match: '[1, 2, 3, 4, 5, 6, 7, 8].all(a, ctx.user.metadata.name != "")' };
    const authorizer = listOf({ rules: [{ effect: 'ALLOW', condition }] });
    const asking = given({});
    const list = authorizer.basis!(principal(), asking.time).list!;
    assert.equal(decide(list, asking).effect, 'allow');
    assert.equal(asking.budget?.left, DECISION_BUDGET);
  });
});
