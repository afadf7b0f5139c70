/** Names that JavaScript gives a meaning are names like any other: nothing behind a value can be reached. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCelEngine } from '../../policies/cel/engine.ts';
import type { Evaluation } from '../../policies/engine.ts';
import { freeMap } from '../../policies/input/plain.ts';
import { input, principal, user } from '../unit/policies/fixtures.ts';

const engine = createCelEngine();
const attrs = freeMap(JSON.parse('{"own": 1, "inner": {"own": 2}, "list": [{"own": 3}]}'));

const NAMES = [
  ...['constructor', 'prototype', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'toJSON'],
  ...['length', 'then', 'call', 'get', 'keys', 'field', 'value', 'isFinal', 'at', 'caller', 'arguments'],
];

/** Where a map is. */
const MAPS = [
  'dyn(ctx.user)',
  'ctx.user.spec.attrs',
  'ctx.request.http.headers',
  'attrs',
  'attrs.inner',
  'attrs.list[0]',
  '{"own": 1}',
  '{}',
];

const given = input({ principal: principal({ user: user('alice', { attrs: { own: 1 } }) }) });

function evaluate(source: string): Evaluation | null {
  const compiled = engine.compile(source, attrs);
  return compiled.ok ? compiled.program.evaluate(given) : null;
}

function value(source: string): unknown {
  const result = evaluate(source);
  return result?.kind === 'value' ? result.value : (result?.kind ?? 'refused');
}

for (const name of NAMES) {
  describe(name, () => {
    for (const map of MAPS) {
      test(`is no key of ${map}`, () => {
        assert.equal(value(`${map}["${name}"]`), 'missing');
        assert.equal(value(`has(${map}.${name})`), false);
        assert.equal(value(`"${name}" in ${map}`), false);
        assert.equal(value(`${map}.?${name}.hasValue()`), false);
      });
    }

    test('is no field of a value that is no map', () => {
      for (const other of ['dyn("text")', 'dyn(1)', 'dyn([1])', 'dyn(null)', 'dyn(true)', 'dyn(b"a")', 'dyn(now())']) {
        assert.equal(value(`${other}.${name}`), 'error', other);
        assert.equal(value(`${other}["${name}"]`), 'error', other);
      }
    });

    test('is no field that an expression may name', () => {
      assert.equal(value(`ctx.${name}`), 'refused');
      assert.equal(value(`ctx["${name}"]`), 'refused');
    });

    test('is neither a name nor a function', () => {
      for (const source of [name, `${name}()`, `ctx.user.${name}()`, `"a".${name}("b")`, `[1].${name}(x, x)`]) {
        assert.notEqual(evaluate(source)?.kind, 'value', source);
      }
    });

    test('may be a variable, and means that variable only', () => {
      assert.equal(value(`[1, 2].exists(${name}, ${name} == 2)`), true);
    });
  });
}

test('a key of that name is found when it is there', () => {
  assert.equal(value('{"constructor": 1}.constructor == 1'), true);
  assert.equal(value('json.parse("{\\"__proto__\\": {\\"own\\": 1}}")["__proto__"].own == 1'), true);
  assert.equal(value('has(json.parse("{\\"__proto__\\": {\\"own\\": 1}}").own)'), false);
});
