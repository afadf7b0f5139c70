/** What a module does by itself is counted, whatever a client sends it to work on. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadModule, type Module, type ModuleResult } from '../../policies/rego/module.ts';
import { list, part, unsigned } from '../../policies/rego/native/binary.ts';
import { countSteps } from '../../policies/rego/native/steps.ts';
import { watchNatives } from '../../policies/rego/native/watch.ts';
import { wasmOf } from '../unit/policies/rego/fixtures.ts';

const MATCH = 'octelium/condition/match';
const OVER = 'the policy takes more steps than one evaluation may';

function module(name: string): Module {
  const loaded = loadModule(wasmOf(name));
  assert.ok(loaded.ok);
  return loaded.module;
}

const natives = module('natives');

function call(name: string, ...operands: readonly unknown[]): ModuleResult {
  return callText(name, JSON.stringify(operands));
}

/** @param operands JSON */
function callText(name: string, operands: string): ModuleResult {
  return natives.evaluate(MATCH, Buffer.from(`{"name":${JSON.stringify(name)},"operands":${operands}}`), 0);
}

function outcome(result: ModuleResult): string {
  if (result.kind !== 'error') return result.kind;
  return result.message === OVER ? 'over' : result.message;
}

/** Texts of five characters whose FNV-1 hashes, as OPA computes them, are the same in their lowest 16 bits. */
function colliding(count: number): string[] {
  const letters = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
  const pairs = letters.flatMap((a) => letters.map((b) => a + b));
  const starts = Map.groupBy(pairs, (pair) => hash(pair) & 0xffff);
  const found: string[] = [];
  for (const end of pairs.flatMap((pair) => letters.map((c) => pair + c))) {
    for (const start of starts.get(before(end) & 0xffff) ?? []) found.push(start + end);
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

const PRIME = 0x01000193;
/** PRIME * INVERSE is 1 in 32 bits. */
const INVERSE = 0x359c449b;

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const c of text) value = Math.imul(value, PRIME) ^ c.charCodeAt(0);
  return value;
}

/** The hash that becomes 0 at the end of the text. */
function before(text: string): number {
  let value = 0;
  for (const c of [...text].reverse()) value = Math.imul(value ^ c.charCodeAt(0), INVERSE);
  return value;
}

describe('tables whose keys collide', () => {
  const keys = colliding(12_000);
  const objectOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));
  const ask = (value: object) => module('number').evaluate(MATCH, Buffer.from(JSON.stringify(value)), 0);

  test('the keys do collide', () => {
    assert.equal(new Set(keys).size, 12_000);
    assert.equal(new Set(keys.map((key) => hash(key) & 0xffff)).size, 1);
  });

  test('an object of the client', () => {
    assert.equal(outcome(ask({ ctx: objectOf(keys) })), 'over');
    assert.equal(
      outcome(ask({ ctx: { request: { http: { path: '/' } }, body: objectOf(keys.slice(0, 300)) } })),
      'value',
    );
  });

  test('an object with as many keys that do not collide is read', () => {
    const names = keys.map((_, i) => `name${i}`);
    assert.equal(outcome(ask({ ctx: { request: { http: { path: '/' } }, body: objectOf(names) } })), 'value');
  });

  test('a set that is made of a list of the client', () => {
    assert.equal(outcome(call('count', { $set: keys })), 'over');
    assert.equal(outcome(call('count', { $set: keys.map((_, i) => `name${i}`) })), 'value');
  });

  test('an object inside JSON that is a text', () => {
    assert.equal(outcome(call('json.unmarshal', JSON.stringify(objectOf(keys)))), 'over');
  });

  test('the next request is decided', () => {
    assert.deepEqual(ask({ ctx: { request: { http: { path: '/a' } } } }), { kind: 'value', value: '/a' });
  });
});

describe('functions inside the module whose work grows faster than their operands', () => {
  const text = 'a'.repeat(100_000);
  const nearly = `${'a'.repeat(5000)}b`;
  const cutset = `${'b'.repeat(10_000)}a`;
  const calls: readonly (readonly [name: string, ...operands: unknown[]])[] = [
    ['trim', text, cutset],
    ['trim_left', text, cutset],
    ['trim_right', text, cutset],
    ['contains', text, nearly],
    ['indexof', text, nearly],
    ['split', text, nearly],
    ['strings.replace_n', { [nearly]: 'x' }, text],
    ['regex.match', 'a{1,500}b', text],
    ['regex.match', '(\\pL{1,20}){1,20}', 'a'],
    ['sort', Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 20_000)],
  ];
  for (const [name, ...operands] of calls) {
    test(`${name} ${JSON.stringify(operands[0]).slice(0, 20)}`, () =>
      assert.equal(outcome(call(name, ...operands)), 'over'));
  }

  for (const name of ['bits.and', 'bits.or', 'bits.xor', 'div']) {
    test(`${name} of long numbers`, () => {
      assert.equal(outcome(callText(name, `[${'9'.repeat(30_000)},${'7'.repeat(10_000)}]`)), 'over');
    });
  }

  test('what people write is not', () => {
    assert.deepEqual(call('trim', `  ${text}  `, ' '), { kind: 'value', value: text });
    assert.deepEqual(call('contains', text, 'b'), { kind: 'value', value: false });
    assert.deepEqual(call('upper', text), { kind: 'value', value: text.toUpperCase() });
    assert.equal(
      outcome(
        call(
          'sort',
          Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000),
        ),
      ),
      'value',
    );
  });
});

test('numbers of which OPA would make a wrong product are not read from texts', () => {
  const answer = (name: string, text: string) => outcome(call(name, text));
  assert.equal(answer('to_number', '9'.repeat(200)), 'value');
  assert.equal(answer('to_number', '9'.repeat(201)), 'operand of to_number: a number has more than 200 digits');
  const json = `{"a":[1,${'9'.repeat(30_000)}]}`;
  assert.equal(answer('json.unmarshal', json), 'operand of json.unmarshal: a number has more than 200 digits');
  assert.equal(answer('json.unmarshal', '{"a":1}'), 'value');
});

describe('the steps of a function', () => {
  /** No locals. */
  const body = (...code: readonly number[]) => Buffer.from([0, ...code, 0x0b]);
  const rounds = (code: Uint8Array) =>
    Buffer.from(code).toString('latin1').split('\u0023\u0005\u0041\u0001\u006b').length - 1;

  test('are where it begins and at each loop, and not in constants that look like one', () => {
    assert.equal(rounds(countSteps(body(0x03, 0x40, 0x0c, 0, 0x0b), 5)), 2);
    assert.equal(rounds(countSteps(body(0x10, 1), 5)), 1);
    assert.equal(rounds(countSteps(body(0x10, 1, 0x41, 0x03, 0x1a, 0x43, 3, 3, 3, 3, 0x1a), 5)), 1);
  });

  test('are those of its caller when it neither loops nor calls', () => {
    assert.equal(rounds(countSteps(body(0x41, 3), 5)), 0);
  });

  for (const [what, code] of [
    ['copies memory', [0xfc, 0x0a, 0, 0]],
    ['fills memory', [0xfc, 0x0b, 0]],
    ['has vectors', [0xfd, 0x0f]],
    ['calls at its end', [0x12, 0]],
  ] as const) {
    test(`refused: one that ${what}`, () => {
      assert.throws(() => countSteps(body(...code), 5), /it has an instruction that OPA does not use/);
    });
  }
});

test('a module with names for some of its functions only is refused: its errors could not be seen', () => {
  const wasm = wasmOf('natives');
  const at = wasm.lastIndexOf('\u0004name');
  const names = list([Buffer.concat([unsigned(753), part(Buffer.from('builtins'))])]);
  const section = part(Buffer.concat([part(Buffer.from('name')), Buffer.from([1]), part(names)]));
  const start = wasm.lastIndexOf(0, at - 1);
  const stripped = Buffer.concat([wasm.subarray(0, start), Buffer.from([0]), section]);
  assert.throws(() => watchNatives(stripped), /functions in it have no names/);
});
