import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCelEngine } from '../../../../policies/cel/engine.ts';
import { type CompiledCondition, traceCondition } from '../../../../policies/compiled-condition.ts';
import { compileDocument } from '../../../../policies/computed.ts';
import { compileCondition } from '../../../../policies/condition.ts';
import { freeMap } from '../../../../policies/input/plain.ts';
import type { PolicyInput } from '../../../../policies/input.ts';
import type { InputPath } from '../../../../policies/rego/compiler/input-paths.ts';
import { createRegoEngine } from '../../../../policies/rego/engine.ts';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { group, input, principal } from '../fixtures.ts';
import { readyCompiler } from './fixtures.ts';

const EVERYTHING: readonly InputPath[] = [[]];

/** The condition that a fixture is, with all of `input`. */
function condition(name: string, attrs: object = {}, paths = EVERYTHING): CompiledCondition {
  const engine = { ...createCelEngine(), rego: createRegoEngine(readyCompiler(paths)) };
  const compiled = compileCondition({ opa: { inline: name } }, engine, freeMap(attrs));
  assert.ok(compiled.ok);
  return compiled.condition;
}

const members = input({ principal: principal({ groups: [group('dev')] }) });

function probe(...fields: readonly [string, string][]): PolicyInput {
  return input({ request: { headers: HeaderList.from(fields) } });
}

test('a condition sees ctx and the attrs of its Policy', () => {
  assert.equal(condition('groups', { groups: ['ops', 'dev'] }).evaluate(members), true);
  assert.equal(condition('groups', { groups: ['ops'] }).evaluate(members), false);
});

test('what is missing makes it undefined, which is no match', () => {
  assert.equal(condition('groups').evaluate(input()), false);
});

test('an explanation tells undefined from false', () => {
  const trace = traceCondition(condition('groups'), input());
  assert.equal(trace.truth, false);
  assert.deepEqual(
    trace.parts.map(({ text, shown }) => `${text} = ${shown}`),
    ['data.octelium.condition.match = undefined'],
  );
  assert.deepEqual(traceCondition(condition('groups', { groups: ['dev'] }), members).parts, []);
});

test('only what a policy reads is looked at', () => {
  const paths = [
    ['ctx', 'user', 'spec', 'type'],
    ['ctx', 'groups'],
    ['attrs', 'groups'],
  ];
  const twice = probe(['x-probe', 'yes'], ['x-probe', 'no']);
  assert.equal(condition('groups', { groups: [] }, paths).evaluate(twice), false);
});

test('a header that was sent twice is an error for whoever reads it', () => {
  const twice = probe(['x-probe', 'yes'], ['x-probe', 'no']);
  const paths = [['ctx', 'request', 'http', 'headers', 'x-probe']];
  assert.equal(condition('groups', {}, paths).evaluate(probe(['x-probe', 'yes'])), true);
  for (const read of [paths, EVERYTHING]) {
    const truth = condition('groups', {}, read).evaluate(twice);
    assert.ok(typeof truth === 'object' && truth.kind === 'error' && /more than once/.test(truth.message));
  }
});

test('a result that is no boolean is an error', () => {
  const truth = condition('number').evaluate(input());
  assert.deepEqual(truth, { kind: 'error', message: 'rego: octelium/condition/match does not give a boolean' });
});

test('rules that contradict each other are an error', () => {
  const truth = condition('conflict').evaluate(input({ request: { path: '/conflict' } }));
  assert.ok(typeof truth === 'object' && truth.kind === 'error');
});

test('values are JSON: whole numbers, times of RFC 3339, bytes in base64', () => {
  const body = { bytes: Buffer.from('grüße'), json: { deep: [1, 2.5, null] } };
  const seen = input({ body, request: { path: '/\ud800' } });
  const wanted = [
    '2026-01-02T03:04:05Z', // ctx.user.metadata.createdAt
    Buffer.from('grüße').toString('base64'),
    7, // ctx.request.http.size
    2.5,
    '/\ufffd',
    '2026-11-18T12:00:00Z', // ctx.request.time
  ];
  for (const value of wanted) assert.equal(condition('everything', { other: 1, wanted: value }).evaluate(seen), true);
});

test('without a compiler of Rego its conditions are refused', () => {
  const compiled = compileCondition({ opa: { inline: 'package octelium.condition' } }, createCelEngine());
  assert.ok(!compiled.ok);
  assert.deepEqual(compiled.problems[0]?.path, ['opa', 'inline']);
});

test('a config in Rego is an object; where it is undefined there is none', () => {
  const engine = { ...createCelEngine(), rego: createRegoEngine(readyCompiler(EVERYTHING)) };
  const compiled = compileDocument({ condition: { matchAny: true }, opa: 'config' }, engine);
  assert.ok(compiled?.ok);
  const { document } = compiled;
  assert.deepEqual(document.evaluate(probe(['x-tenant', 'a'])), {
    kind: 'document',
    text: '{"name":"one","upstream":{"url":"http://one.example.com"}}',
  });
  assert.deepEqual(document.evaluate(probe(['x-tenant', 'c'])), { kind: 'absent' });
});
