import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallsUnderWay } from '../../../identity/oidc/calls-under-way.ts';

test('no more than so many wait for one, and others are none the wiser', async () => {
  const calls = new CallsUnderWay(2);
  const { promise, resolve } = Promise.withResolvers<string>();
  const waiting = [1, 2].map(() => calls.run('slow', () => promise, 'busy'));
  assert.equal(await calls.run('slow', async () => 'asked', 'busy'), 'busy');
  assert.equal(await calls.run('quick', async () => 'asked', 'busy'), 'asked');
  resolve('answered');
  assert.deepEqual(await Promise.all(waiting), ['answered', 'answered']);
  assert.equal(await calls.run('slow', async () => 'asked', 'busy'), 'asked');
});

test('a call that fails waits no more', async () => {
  const calls = new CallsUnderWay(1);
  await assert.rejects(calls.run('one', () => Promise.reject(new Error('gone')), null));
  assert.equal(await calls.run('one', async () => 'asked', 'busy'), 'asked');
});
