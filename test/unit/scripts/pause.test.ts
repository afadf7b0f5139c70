import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pause } from '../../../src/scripts/pause.ts';

test('the first thread that ends is replaced at once, the next ones later and later, by a second at most', () => {
  const pause = new Pause();
  const delays = Array.from({ length: 9 }, () => {
    pause.died(5, 0);
    return pause.left(0);
  });
  assert.deepEqual(delays, [0, 25, 50, 100, 200, 400, 800, 1000, 1000]);
  assert.equal(pause.refusal(0), null);
});

test('a thread that lived long begins the count again', () => {
  const pause = new Pause();
  for (let i = 0; i < 5; i += 1) pause.died(5, 0);
  pause.died(60_000, 0);
  assert.equal(pause.left(0), 0);
});

test('what does not load is not waited for, and is tried again every 30 seconds at least', () => {
  const pause = new Pause();
  for (let i = 0; i < 40; i += 1) pause.unloadable('it throws', 100);
  assert.deepEqual(pause.refusal(101), { kind: 'failed', because: 'it does not load: it throws' });
  assert.equal(pause.left(100), 30_000);
  assert.equal(pause.refusal(30_100), null);
});
