import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CACHE } from '../../../../policies/rego/compiler/cache.ts';
import { createRegoCompiler } from '../../../../policies/rego/compiler/compiler.ts';
import { OpaProgram } from '../../../../policies/rego/compiler/opa.ts';
import { CONDITION } from '../../../../policies/rego/use.ts';
import { NEEDS_OPA, sourceOf } from './fixtures.ts';

const skip = NEEDS_OPA;
const compiler = createRegoCompiler(new OpaProgram(), NO_CACHE);

function problemsOf(source: string) {
  const compiled = compiler.compile(source, CONDITION.form);
  assert.ok(!compiled.ok);
  return compiled.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

test('a source gives a module and what it reads', { skip }, () => {
  const compiled = compiler.compile(sourceOf('groups'), CONDITION.form);
  assert.ok(compiled.ok);
  assert.deepEqual([...compiled.paths].map((path) => path.join('.')).sort(), [
    'attrs.groups',
    'ctx.groups',
    'ctx.request.http.headers.x-probe',
    'ctx.user.spec.type',
  ]);
  const input = Buffer.from('{"ctx":{"request":{"http":{"headers":{"x-probe":"yes"}}}}}');
  assert.deepEqual(compiled.module.evaluate('octelium/condition/match', input, 0), { kind: 'value', value: true });
});

test('paths follow imports, and what is read as a whole', { skip }, () => {
  const compiled = compiler.compile(
    `package octelium.condition
import input.ctx.user as u
match if u.spec.type == "HUMAN"
match if object.get(input.attrs, ["a", "b"], false)
match if input.ctx[input.attrs.key].x`,
    CONDITION.form,
  );
  assert.ok(compiled.ok);
  assert.deepEqual([...compiled.paths].map((path) => path.join('.')).sort(), ['attrs', 'attrs.key', 'ctx', 'ctx.user']);
});

test('what only a part of an expression reads is read: a DENY that missed it would let the request pass', {
  skip,
}, () => {
  const source = `package octelium.condition
match if json.unmarshal(input.ctx.request.http.headers["x-claims"]).role == "guest"
match if [input.attrs.blocked][0]`;
  const compiled = compiler.compile(source, CONDITION.form);
  assert.ok(compiled.ok);
  const paths = [...compiled.paths].map((path) => path.join('.')).sort();
  assert.deepEqual(paths, ['attrs.blocked', 'ctx.request.http.headers.x-claims']);
});

const BROKEN: readonly (readonly [what: string, source: string, problem: RegExp])[] = [
  ['does not parse', 'package octelium.condition\nmatch if {', /^2:\d+: /],
  ['calls what is not there', 'package octelium.condition\nmatch if foo(1)', /^2:10: undefined function foo$/],
  ['has an unsafe variable', 'package octelium.condition\nmatch if x > 1', /^2:10: var x is unsafe$/],
  ['is of another package', 'package authz\nmatch := true', /^1:1: the package must be octelium\.condition$/],
  [
    'defines no match',
    'package octelium.condition\nallow := true',
    /^1:1: there is no rule match, which gives the result$/,
  ],
  ['is empty', '', /^1:1: /],
];

for (const [what, source, problem] of BROKEN) {
  test(`a source that ${what} is refused with its place`, { skip }, () => {
    assert.match(problemsOf(source)[0]!, problem);
  });
}

test('a function that is not supplied is refused where its result is used at once', { skip }, () => {
  const source = 'package octelium.condition\nmatch if http.send({"url": "http://a"}).status_code == 200';
  assert.match(problemsOf(source)[0]!, /^2:10: the function http\.send is refused/);
});

test('a function that is not supplied is refused where it is used', { skip }, () => {
  assert.match(problemsOf(sourceOf('http-send'))[0]!, /^4:12: the function http\.send is refused: a policy must not/);
});
