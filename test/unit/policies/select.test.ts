import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ComputeConfig, compileSelector, type Selection } from '../../../policies/select.ts';
import type { ConfigRule } from '../../../src/model/index.ts';
import { anonymousInput, engine, input } from './fixtures.ts';

const configs = new Map([
  ['v1', 'one'],
  ['v2', 'two'],
]);

function compile(rules: readonly ConfigRule[], defaultConfig: string | null) {
  const compute: ComputeConfig<string> = (text, position) => ({ kind: 'selected', config: `${position}: ${text}` });
  return compileSelector({ service: 'api', rules, configs, defaultConfig, compute, engine });
}

function select(
  rules: readonly ConfigRule[],
  defaultConfig: string | null = 'usual',
  from = input(),
): Selection<string> {
  const compiled = compile(rules, defaultConfig);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.selector.select(from);
}

const rule = (match: string, configName: string): ConfigRule => ({ condition: { match }, configName });
const byPath = [
  rule('ctx.request.http.path.startsWith("/v1")', 'v1'),
  rule('ctx.request.http.path.startsWith("/v2")', 'v2'),
];

test('the first rule that matches chooses', () => {
  assert.deepEqual(select(byPath), { kind: 'selected', config: 'one' });
  const second = input({ request: { path: '/v2/users' } });
  assert.deepEqual(select(byPath, null, second), { kind: 'selected', config: 'two' });
  assert.deepEqual(select([rule('true', 'v2'), ...byPath]), { kind: 'selected', config: 'two' });
});

test('no match: the default config, else none', () => {
  const other = input({ request: { path: '/v3' } });
  assert.deepEqual(select(byPath, 'usual', other), { kind: 'selected', config: 'usual' });
  assert.deepEqual(select(byPath, null, other), { kind: 'none' });
  assert.deepEqual(select([], null), { kind: 'none' });
});

test('a rule may name the default config', () => {
  assert.deepEqual(select([rule('true', 'default'), rule('true', 'v1')]), { kind: 'selected', config: 'usual' });
});

test('a condition that reads something missing does not match', () => {
  const rules = [rule('"prod" in ctx.user.spec.groups', 'v1')];
  assert.deepEqual(select(rules, 'usual', anonymousInput), { kind: 'selected', config: 'usual' });
});

test('a condition that errs stops the search', () => {
  const selection = select([rule('1 / 0 == 1', 'v1'), rule('true', 'v2')]);
  assert.equal(selection.kind, 'error');
  assert.match(selection.kind === 'error' ? selection.detail : '', /^rules\[0\]: /);
});

test('mistakes are found at compile, all at once', () => {
  const compiled = compile([rule('ctxt.a', 'v1'), rule('attrs.x', 'v3'), { condition: { match: 'true' } }], null);
  assert.ok(!compiled.ok);
  assert.deepEqual(
    compiled.problems.map(({ path }) => path.join('.')),
    ['0.condition.match', '1.condition.match', '1.configName', '2.configName'],
  );
  assert.equal(compiled.problems[2]?.suggestion, 'did you mean "v1"?');
});

test('the default config must exist to be named', () => {
  assert.equal(compile([rule('true', 'default')], null).ok, false);
});

const computed = (source: string): ConfigRule => ({ condition: { matchAny: true }, eval: source });

test('a rule computes the config, as JSON', () => {
  const source = '{"upstream": {"url": "http://" + ctx.request.http.host}, "n": 1, "no": null, "d": duration("5s")}';
  const text = '{"upstream":{"url":"http://api.example.com"},"n":1,"no":null,"d":"5s"}';
  assert.deepEqual(select([computed(source)], null), { kind: 'selected', config: `0: ${text}` });
});

test('a computed config that reads something missing is none: the next rule is asked', () => {
  const source = '{"name": ctx.user.metadata.name}';
  assert.deepEqual(select([computed(source), rule('true', 'v2')], 'usual', anonymousInput), {
    kind: 'selected',
    config: 'two',
  });
});

test('a computed config that errs, or is no map, stops the search', () => {
  for (const source of ['{"a": 1 / 0}', 'dyn([1])', 'dyn("text")']) {
    assert.equal(select([computed(source), rule('true', 'v2')]).kind, 'error', source);
  }
});

test('an expression that cannot give a map is a mistake at its place', () => {
  const compiled = compile([rule('true', 'v1'), computed('"text"')], null);
  assert.ok(!compiled.ok);
  const [{ path, message } = { path: [], message: '' }] = compiled.problems;
  assert.deepEqual([path, message], [[1, 'eval'], 'a config must be a map; this gives string']);
});
