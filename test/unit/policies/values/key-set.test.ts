/** Looking an item up by its key and comparing it with every item are the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../../../policies/cel/cel.ts';
import { environmentOf } from '../../../../policies/cel/tool/environment.ts';
import { DYN } from '../../../../policies/cel/types/type.ts';
import type { Budget } from '../../../../policies/values/budget.ts';
import { equal } from '../../../../policies/values/equal.ts';
import { KeySet } from '../../../../policies/values/key-set.ts';
import { Uint, type Value } from '../../../../policies/values/value.ts';

const ENDLESS: Budget = { spend: () => true };
/** Of a message, as a client sends it, and as YAML has it. */
const ID = 1145141919810893931n;
const AS_DOUBLE = Number(ID);

const EDGES = [0n, 1n, 2n ** 53n, 2n ** 60n, 2n ** 63n, 2n ** 64n, ID];
const integers = fc
  .tuple(fc.constantFrom(...EDGES), fc.bigInt(-3n, 3n), fc.constantFrom(1n, -1n))
  .map(([edge, off, sign]) => sign * (edge + off));
const ints = integers.map((integer) => BigInt.asIntN(64, integer));
const uints = integers.map((integer) => new Uint(BigInt.asUintN(64, integer)));
const doubles = fc.oneof(
  integers.map(Number),
  fc.constantFrom(-0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 1e21, 1e300),
);
const others = fc.constantFrom<Value>('', '#1', '##1', '1', '#9007199254740993', '#1e+21', true, false, null);
const values: fc.Arbitrary<Value> = fc.oneof(ints, uints, doubles, others);

function isAmong(value: Value, list: readonly Value[]): boolean {
  return list.some((item) => equal(value, item, ENDLESS) === true);
}

function run(source: string, constants: readonly [string, Value][], bindings: readonly [string, Value][]): unknown {
  const variables = bindings.map(([name]) => [name, DYN] as const);
  const compiled = compile(source, environmentOf('', variables), { check: false });
  assert.ok(compiled.ok, source);
  return compiled.expression.knowing(new Map(constants)).run(new Map(bindings), 0);
}

test('a value is in a set exactly when it equals an item', () => {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 6 }), values, (list, value) => {
      const keyed = list.filter((item) => new KeySet().add(item));
      const set = KeySet.of(keyed)!;
      assert.equal(set.has(value) ?? isAmong(value, keyed), isAmong(value, keyed));
      if (typeof value === 'string') assert.equal(set.hasText(value), isAmong(value, keyed));
    }),
    { numRuns: 5000 },
  );
});

test('what can be no key equals nothing in a set', () => {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 6 }), values, (list, value) => {
      const keyed = list.filter((item) => new KeySet().add(item));
      if (new KeySet().has(value) === undefined) assert.equal(isAmong(value, keyed), false);
    }),
  );
});

describe('in expressions, of constants and of what comes with the request', () => {
  const sources: Record<string, (value: Value, list: readonly Value[]) => boolean> = {
    'value in items': isAmong,
    'items.hasAny([value])': isAmong,
    'items.hasAll([value])': isAmong,
    'sets.contains(items, [value])': isAmong,
    'sets.intersects([value], items)': isAmong,
  };
  for (const [source, expected] of Object.entries(sources)) {
    test(source, () => {
      fc.assert(
        fc.property(fc.array(values, { maxLength: 4 }), values, (list, value) => {
          const known: [string, Value][] = [['items', list]];
          const asked: [string, Value][] = [['value', value]];
          for (const constants of [[], known]) {
            assert.equal(run(source, constants, [...known, ...asked]), expected(value, list));
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  test('distinct keeps of equal items the first', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), (list) => {
        const kept: Value[] = [];
        for (const item of list) if (!isAmong(item, kept)) kept.push(item);
        assert.deepEqual(run('items.distinct()', [], [['items', list]]), kept);
      }),
    );
  });
});

function isIn(value: Value, list: readonly Value[]): unknown {
  return run(
    'value in items',
    [['items', list]],
    [
      ['items', list],
      ['value', value],
    ],
  );
}

describe('an id that is larger than a double is exact about', () => {
  for (const id of [ID, new Uint(ID), AS_DOUBLE]) {
    test(`${typeof id} among doubles, as an attribute has it`, () => {
      assert.equal(isIn(id, [AS_DOUBLE, 7]), true);
    });
  }

  test('is not taken for its neighbour among ints', () => {
    assert.equal(isIn(ID, [ID + 1n]), false);
    assert.equal(isIn(AS_DOUBLE, [ID + 1n]), true);
  });
});
