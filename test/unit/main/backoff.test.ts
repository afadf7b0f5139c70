import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../src/main/supervisor/backoff.ts';

test('a worker that ends is replaced at once, and one that keeps ending ever later', () => {
  const backoff = new Backoff();
  assert.deepEqual(
    [1, 2, 3, 4].map(() => backoff.next(50)),
    [0, 100, 200, 400],
  );
  for (let i = 0; i < 20; i++) backoff.next(50);
  assert.equal(backoff.next(50), 10_000);
});

test('one that lived long is replaced at once again', () => {
  const backoff = new Backoff();
  for (let i = 0; i < 5; i++) backoff.next(50);
  assert.equal(backoff.next(60_000), 0);
  assert.equal(backoff.next(50), 100);
});
