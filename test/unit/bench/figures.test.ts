import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestFigures } from '../../bench/cases/requests.ts';
import { type Bound, isMet, least, most, ratio } from '../../bench/figure.ts';

function met(value: number | null, target: Bound | null) {
  return isMet({ case: 'c', name: 'n', unit: 'ratio', value, target });
}

test('a target is met up to and with its value, from its side', () => {
  assert.deepEqual(
    [met(2, most(2)), met(2.1, most(2)), met(1.7, least(1.7)), met(1.6, least(1.7))],
    [true, false, true, false],
  );
});

test('nothing is said without a value or a target', () => {
  assert.deepEqual([met(null, most(2)), met(1, null)], [null, null]);
});

test('there is no ratio without both numbers', () => {
  assert.deepEqual([ratio(1, 2), ratio(null, 2), ratio(1, null), ratio(1, 0)], [0.5, null, null, null]);
});

const measured = (name: string, cpu: number) => ({ name, cpu, requestsPerSecond: 1, p50: 1, p99: 1, rss: 1 });

test('ratios are of what was measured in the same run', () => {
  const figures = requestFigures([
    measured('nginx', 10),
    measured('gateway-plain', 25),
    measured('gateway-known', 29),
    measured('gateway-cookie', 30),
  ]);
  assert.deepEqual(
    figures.map(({ value, unit }) => [value, unit]),
    [
      [2.5, 'ratio'],
      [3, 'ratio'],
      [4, 'µs'],
    ],
  );
});
