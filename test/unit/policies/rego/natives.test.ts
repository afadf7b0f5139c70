import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BUILTINS } from '../../../../policies/rego/builtins/all.ts';
import { OpaProgram } from '../../../../policies/rego/compiler/opa.ts';
import { build } from '../../../../policies/rego/compiler/opa-work.ts';
import { loadModule, type ModuleResult } from '../../../../policies/rego/module.ts';
import { NATIVES } from '../../../../policies/rego/native/functions.ts';
import { isList, isObject, RegoSet, type RegoValue } from '../../../../policies/rego/value.ts';
import { readValue } from '../../../../policies/rego/value-reader.ts';
import { writeValue } from '../../../../policies/rego/value-text.ts';
import { NEEDS_OPA, wasmOf } from './fixtures.ts';

const MATCH = 'octelium/condition/match';

const { results } = JSON.parse(
  readFileSync(new URL('../../../fixtures/rego/natives.json', import.meta.url), 'utf8'),
) as { readonly results: readonly (readonly [call: string, expected: string])[] };

function ready() {
  const loaded = loadModule(wasmOf('natives'));
  assert.ok(loaded.ok);
  return loaded.module;
}

const module = ready();

/** One module answers all of them: a call that failed must leave nothing behind. */
function ask(name: string, operands: readonly RegoValue[]): ModuleResult {
  const input = new Map<RegoValue, RegoValue>([
    ['name', name],
    ['operands', operands.map(written)],
  ]);
  return module.evaluate(MATCH, Buffer.from(writeValue(input)), 0);
}

/** Input has no sets. */
function written(value: RegoValue): RegoValue {
  return value instanceof RegoSet ? new Map([['$set', value.items.map(written)]]) : value;
}

function answer(text: string): string {
  const start = text.indexOf('(');
  const operands = readValue(`[${text.slice(start + 1, -1)}]`)?.value;
  assert.ok(operands !== undefined && isList(operands));
  const result = ask(text.slice(0, start), operands);
  return result.kind === 'value' ? canonical(JSON.stringify(result.value)) : result.kind;
}

/** Sets come as lists in any order. */
function canonical(text: string): string {
  return writeValue(sorted(readValue(text)!.value));
}

function sorted(value: RegoValue): RegoValue {
  if (isList(value)) return value.map(sorted).sort((a, b) => (writeValue(a) < writeValue(b) ? -1 : 1));
  return isObject(value) ? new Map([...value].map(([key, inner]) => [key, sorted(inner)])) : value;
}

for (const [text, expected] of results) {
  test(`a module agrees with strict OPA on ${text}`, () => {
    const isWord = expected === 'error' || expected === 'undefined';
    assert.equal(answer(text), isWord ? expected : canonical(expected));
  });
}

test('an error says of which function it is', () => {
  assert.deepEqual(ask('to_number', ['x']), {
    kind: 'error',
    message: 'to_number: it is not defined for these operands',
  });
});

test('what makes a text without end is refused', () => {
  const long = 'a'.repeat(20_000);
  assert.deepEqual(ask('replace', [long, 'a', long]), {
    kind: 'error',
    message: 'replace: the result is too long',
  });
});

test('a module without the names of its functions is refused: its errors could not be seen', () => {
  const wasm = wasmOf('number');
  const renamed = Buffer.from(wasm);
  renamed.write('NAME', wasm.lastIndexOf('\u0004name') + 1);
  const loaded = loadModule(renamed);
  assert.ok(!loaded.ok);
  assert.match(
    loaded.message,
    /^no policy of OPA in WebAssembly: functions in it have no names: make it with opa build/,
  );
});

test('a module that is cut off anywhere, or spoilt, is refused or loaded, and nothing else happens', () => {
  const wasm = wasmOf('number');
  for (let end = 0; end < wasm.length; end += 4999) assert.ok(!loadModule(wasm.subarray(0, end)).ok);
  for (let at = 0; at < wasm.length; at += 9973) {
    const spoilt = Buffer.from(wasm);
    spoilt[at] = 0xff;
    loadModule(spoilt);
  }
});

interface Declared {
  readonly name: string;
  readonly decl: { readonly args?: readonly unknown[] };
  readonly deprecated?: boolean;
  readonly relation?: boolean;
}

/** These give a result for all operands that there are. */
const TOTAL =
  /^(?:equal|gte?|lte?|neq|is_\w+|type_name|\w+\.is_valid|internal\.(?:member_[23]|template_string)|rego\.metadata\.\w+)$/;
/** They are no functions in a module. */
const SYNTAX = /^(?:eq|assign|print|internal\.(?:print|test_case))$/;

const otherOpa = /^1\.22\./.test(new OpaProgram().version() ?? '') ? false : 'the list is that of OPA 1.22';

test('there is every function that OPA puts into modules', { skip: NEEDS_OPA || otherOpa }, () => {
  const { stdout } = spawnSync('opa', ['capabilities', '--current'], { encoding: 'utf8' });
  const { builtins } = JSON.parse(stdout) as { readonly builtins: readonly Declared[] };
  const declared = builtins.filter(({ deprecated, relation, name }) => !deprecated && !relation && !SYNTAX.test(name));
  const calls = declared.map(({ name, decl }) => `${name}(${(decl.args ?? []).map((_, i) => `input.operands[${i}]`)})`);
  const source = `package octelium.condition\nmatch := [${calls.join(', ')}]\n`;
  const loaded = loadModule(new OpaProgram().now(build(source, MATCH))!);
  assert.ok(!loaded.ok);
  const known = new Set([...NATIVES.map(({ name }) => name), ...loaded.builtins, ...BUILTINS.keys()]);
  assert.deepEqual(
    declared.map(({ name }) => name).filter((name) => !known.has(name) && !TOTAL.test(name)),
    [],
  );
});
