import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDelay } from '../../../../src/main/opa/delays.ts';

const DELAYS = { min: 60_000, max: 120_000 };

test('between the two delays as long as all goes well', () => {
  assert.deepEqual(
    [0, 0.5, 1].map((chance) => nextDelay(DELAYS, 0, chance)),
    [60_000, 90_000, 120_000],
  );
});

test('soon after a failure, then twice as long each time, never longer than the longest', () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 1000].map((failures) => nextDelay(DELAYS, failures, 1)),
    [500, 1000, 2000, 64_000, 120_000, 120_000],
  );
  assert.equal(nextDelay(DELAYS, 1, 0), 250);
  assert.equal(nextDelay({ min: 10, max: 20 }, 5, 1), 20);
});
