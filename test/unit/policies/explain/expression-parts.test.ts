import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExpressionPart } from '../../../../policies/engine.ts';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { engine, input, principal, user } from '../fixtures.ts';

const alice = principal({ user: user('alice', { groups: ['staff', 'ops'] }) });

function partsOf(source: string, headers: readonly (readonly [string, string])[] = []): readonly ExpressionPart[] {
  const compiled = engine.compile(source);
  assert.ok(compiled.ok, source);
  const given = input({ principal: alice, request: { path: '/v1/x', headers: HeaderList.from(headers) } });
  const trace = compiled.program.trace!(given);
  assert.deepEqual(trace.evaluation, compiled.program.evaluate(given), 'a trace gives what an evaluation gives');
  return trace.parts;
}

/** `depth text = value`, without a value for what was not evaluated. */
function lines(source: string, headers?: readonly (readonly [string, string])[]): string[] {
  return partsOf(source, headers).map(({ text, depth, state, shown }) => {
    return `${depth} ${text}${state === 'unread' ? '' : ` ${state === 'value' ? '=' : `${state}:`} ${shown}`}`;
  });
}

test('operands stand below the operator, constants and the steps of paths are left out', () => {
  assert.deepEqual(lines('ctx.request.http.method == "GET" && ctx.request.http.path.startsWith("/v2")'), [
    '0 ctx.request.http.method == "GET" && ctx.request.http.path.startsWith("/v2") = false',
    '1 ctx.request.http.method == "GET" = true',
    '2 ctx.request.http.method = "GET"',
    '1 ctx.request.http.path.startsWith("/v2") = false',
    '2 ctx.request.http.path = "/v1/x"',
  ]);
});

test('what was not needed is said to be so, without its parts', () => {
  assert.deepEqual(lines('ctx.request.http.method == "PUT" && ctx.request.http.path == "/"'), [
    '0 ctx.request.http.method == "PUT" && ctx.request.http.path == "/" = false',
    '1 ctx.request.http.method == "PUT" = false',
    '2 ctx.request.http.method = "GET"',
    '1 ctx.request.http.path == "/"',
  ]);
});

test('a macro is shown as it was written, with its last round', () => {
  assert.deepEqual(lines('ctx.user.spec.groups.exists(g, g == "ops")'), [
    '0 ctx.user.spec.groups.exists(g, g == "ops") = true',
    '1 ctx.user.spec.groups = ["staff", "ops"]',
    '1 g == "ops" = true',
    '2 g = "ops"',
  ]);
});

test('what is missing is named where it is missed', () => {
  assert.deepEqual(lines('ctx.request.http.headers["x-a"] == "1" || has(ctx.user.spec.email)').slice(1), [
    '1 ctx.request.http.headers["x-a"] == "1" missing: no such key: x-a',
    '2 ctx.request.http.headers["x-a"] missing: no such key: x-a',
    '1 has(ctx.user.spec.email) = false',
  ]);
});

test('a long text stands on one line', () => {
  const [whole] = partsOf('ctx.request.http.method == "GET"\n    && true');
  assert.equal(whole?.text, 'ctx.request.http.method == "GET" && true');
});

test('long values are cut', () => {
  const [, part] = partsOf('ctx.request.http.headers["x-a"] == ""', [['x-a', 'a'.repeat(5000)]]);
  assert.equal(part?.shown, `"${'a'.repeat(120)}"… (5000 characters)`);
  const [, list] = partsOf('lists.range(100).map(i, i * 2) == []');
  assert.match(list?.shown ?? '', /^\[0, 2, 4, 6, 8, 10, 12, 14, … 92 more\]$/);
});

test('a header that was sent twice has no value, also inside a map', () => {
  const twice = [
    ['x-a', '1'],
    ['x-a', '2'],
  ] as const;
  assert.match(lines('size(ctx.request.http.headers) == 0', twice)[2] ?? '', /sent more than once/);
});

test('an explanation of a very long expression ends somewhere', () => {
  const many = Array.from({ length: 110 }, (_, i) => `ctx.request.http.method == "${i}"`).join(', ');
  assert.equal(partsOf(`[${many}].exists(x, x)`).length, 200);
});
