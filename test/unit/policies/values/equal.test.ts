import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equal } from '../../../../policies/values/equal.ts';
import { Failure } from '../../../../policies/values/failure.ts';
import { FullMap } from '../../../../policies/values/map.ts';
import { Duration, Timestamp } from '../../../../policies/values/time.ts';
import { Optional, TypeValue, Uint, type Value } from '../../../../policies/values/value.ts';

const free = { spend: () => true };

/** The values of one row are equal to each other and to no value of another row. */
const ROWS: readonly (readonly Value[])[] = [
  [null],
  [true],
  [false],
  [0n, 0, -0, new Uint(0n)],
  [1n, 1, new Uint(1n)],
  [1.5],
  [2n ** 53n, new Uint(2n ** 53n)],
  [2n ** 53n + 1n, new Uint(2n ** 53n + 1n)],
  ['', ''],
  ['1'],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Uint8Array([1, 3])],
  [[], []],
  [
    [1n, 'a'],
    [1, 'a'],
  ],
  [[1n]],
  [FullMap.of([])],
  [FullMap.of([['a', 1n]]), FullMap.of([['a', 1]])],
  [FullMap.of([['b', 1n]])],
  [new Timestamp(1, 5), new Timestamp(1, 5)],
  [new Timestamp(1, 6)],
  [new Duration(1, 5), new Duration(1, 5)],
  [new TypeValue('int'), new TypeValue('int')],
  [Optional.NONE, new Optional(undefined)],
  [new Optional(null)],
  [new Optional(1n), new Optional(1)],
  [Number.POSITIVE_INFINITY],
];

test('values are equal by what they are worth', () => {
  for (const [i, row] of ROWS.entries()) {
    for (const [j, other] of ROWS.entries()) {
      for (const a of row) for (const b of other) assert.equal(equal(a, b, free), i === j, `${i} and ${j}`);
    }
  }
});

test('a double equals the integers that round to it', () => {
  for (const integer of [2n ** 53n, 2n ** 53n + 1n]) assert.equal(equal(integer, 2 ** 53, free), true);
});

test('NaN equals nothing, in lists too', () => {
  assert.equal(equal(Number.NaN, Number.NaN, free), false);
  assert.equal(equal([Number.NaN], [Number.NaN], free), false);
});

test('a value that cannot be told has no equal, and says why', () => {
  const twice = new Failure('error', 'sent twice', -1, true);
  assert.equal(equal(FullMap.of([['a', twice]]), FullMap.of([['a', 1n]]), free), twice);
  assert.equal(equal(FullMap.of([['a', 1n]]), FullMap.of([['a', twice]]), free), twice);
});

test('deep and large values end', () => {
  let deep: Value = [];
  for (let i = 0; i < 10_000; i++) deep = [deep];
  assert.ok(equal(deep, [deep], free) instanceof Failure || equal(deep, [deep], free) === false);
  let left = 1000;
  const budget = {
    spend: (units: number) => {
      left -= units;
      return left >= 0;
    },
  };
  const list = new Array<Value>(100_000).fill(1n);
  const result = equal(list, [...list], budget);
  assert.ok(result instanceof Failure && result.kind === 'cost');
});
