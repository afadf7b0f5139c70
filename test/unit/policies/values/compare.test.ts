import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from '../../../../policies/values/compare.ts';
import { Duration, Timestamp } from '../../../../policies/values/time.ts';
import { Uint, type Value } from '../../../../policies/values/value.ts';

const free = { spend: () => true };

/** Each list is in ascending order. */
const ORDERS: readonly (readonly Value[])[] = [
  [Number.NEGATIVE_INFINITY, -(2n ** 63n), -1.5, -1n, 0, new Uint(1n), 1.5, 2n ** 53n, 2n ** 53n + 1n, 2 ** 53 + 2],
  [new Uint(2n ** 64n - 1n), 2 ** 65, Number.POSITIVE_INFINITY],
  ['', 'A', 'a', 'aa', 'b', '\uFFFD', '\u{1F600}'],
  [false, true],
  [new Uint8Array([]), new Uint8Array([0]), new Uint8Array([0, 1]), new Uint8Array([255])],
  [new Timestamp(-5, 0), new Timestamp(-5, 1), new Timestamp(0, 0), new Timestamp(7, 0)],
  [new Duration(-5, -1), new Duration(-5, 0), new Duration(0, -1), new Duration(0, 0), new Duration(0, 1)],
];

test('values of one kind have an order', () => {
  for (const order of ORDERS) {
    for (const [i, a] of order.entries()) {
      for (const [j, b] of order.entries()) {
        const result = compare(a, b, free);
        assert.equal(Math.sign(Number(result)), Math.sign(i - j), `${i} and ${j}`);
      }
    }
  }
});

test('NaN is neither before nor after, and different kinds have no order', () => {
  assert.ok(Number.isNaN(compare(Number.NaN, 1n, free)));
  for (const [a, b] of [
    [1n, 'a'],
    [null, null],
    [[1n], [1n]],
    [true, 1n],
  ] as const) {
    assert.equal(compare(a, b, free), undefined);
  }
});
