import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModule, type Module } from '../../../../policies/rego/module.ts';
import { wasmOf } from './fixtures.ts';

const MATCH = 'octelium/condition/match';

function module(name: string): Module {
  const loaded = loadModule(wasmOf(name));
  assert.ok(loaded.ok);
  return loaded.module;
}

function request(parts: object): Buffer {
  return Buffer.from(JSON.stringify({ ctx: { request: { http: parts } }, attrs: { version: '1.10.2' } }));
}

const THURSDAY = Date.parse('2024-02-29T12:00:00Z');

test('a module tells its entrypoints and gives values', () => {
  const policy = module('number');
  assert.deepEqual(policy.entrypoints, [MATCH]);
  assert.deepEqual(policy.evaluate(MATCH, request({ path: '/a' }), 0), { kind: 'value', value: '/a' });
});

test('what no rule defines is undefined, and stays so again and again', () => {
  const policy = module('groups');
  for (let i = 0; i < 2000; i++) assert.deepEqual(policy.evaluate(MATCH, request({}), 0), { kind: 'undefined' });
});

test('functions of the host are called, with the time of the evaluation', () => {
  const policy = module('host-functions');
  const input = request({ method: 'GET' });
  assert.deepEqual(policy.evaluate(MATCH, input, THURSDAY), { kind: 'value', value: true });
  assert.deepEqual(policy.evaluate(MATCH, input, THURSDAY + 86_400_000), { kind: 'undefined' });
});

test('a function that fails is an error with its name, and the module can be used on', () => {
  const policy = module('host-functions');
  const broken = Buffer.from('{"ctx":{"request":{"http":{"method":"GET"}}},"attrs":{"version":"one"}}');
  const answer = policy.evaluate(MATCH, broken, THURSDAY);
  assert.deepEqual(answer, { kind: 'error', message: 'semver.compare: "one" is not a semantic version' });
  assert.deepEqual(policy.evaluate(MATCH, request({ method: 'GET' }), THURSDAY), { kind: 'value', value: true });
});

test('rules that contradict each other are an error, and the module can be used on', () => {
  const policy = module('conflict');
  for (let i = 0; i < 50; i++) {
    const answer = policy.evaluate(MATCH, request({ method: 'GET', path: '/conflict' }), 0);
    assert.ok(answer.kind === 'error' && /conflict/.test(answer.message));
    assert.deepEqual(policy.evaluate(MATCH, request({ method: 'GET', path: '/' }), 0), { kind: 'value', value: true });
  }
});

test('the memory of a policy is bounded', () => {
  const answer = module('memory').evaluate(MATCH, request({ path: '/'.repeat(1000) }), 0);
  assert.deepEqual(answer, { kind: 'error', message: 'opa_malloc: failed' });
});

test('input that is too large, nests too deeply or is no JSON is an error, never no input', () => {
  const policy = module('number');
  const inputs = [`{"ctx":"${'x'.repeat(48 * 1024 * 1024)}"}`, `${'['.repeat(200_000)}${']'.repeat(200_000)}`, '{', ''];
  for (const input of inputs) assert.equal(policy.evaluate(MATCH, Buffer.from(input), 0).kind, 'error');
  assert.equal(policy.evaluate(MATCH, request({ path: '/' }), 0).kind, 'value');
});

test('an unknown entrypoint is an error', () => {
  const answer = module('number').evaluate('octelium/other', request({}), 0);
  assert.deepEqual(answer, { kind: 'error', message: 'there is no entrypoint "octelium/other"' });
});

test('a module that wants to send requests is refused', () => {
  const loaded = loadModule(wasmOf('http-send'));
  assert.ok(!loaded.ok);
  assert.deepEqual(loaded.builtins, ['http.send']);
  assert.match(loaded.message, /^the function http\.send is refused: a policy must not send requests/);
});

test('what is no module of OPA is refused', () => {
  const empty = Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]);
  for (const bytes of [Buffer.from('no'), empty, wasmOf('number').subarray(0, 5000)]) {
    const loaded = loadModule(bytes);
    assert.ok(!loaded.ok && loaded.message.startsWith('no policy of OPA in WebAssembly: '));
  }
});
