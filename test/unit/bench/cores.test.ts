import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownCores, parseCores } from '../../bench/cores.ts';

test('an affinity list is read with its ranges', () => {
  assert.deepEqual(parseCores("pid 7's current affinity list: 0,2-4\n"), [0, 2, 3, 4]);
  assert.deepEqual(parseCores("pid 123's current affinity list: 1"), [1]);
});

test('a process that is held to one core has it, and gets the others back', { skip: ownCores() === null }, () => {
  const before = ownCores()!;
  const [first] = before.all;
  before.hold([first!]);
  assert.deepEqual(ownCores()!.all, [first]);
  before.hold(before.all);
  assert.deepEqual(ownCores()!.all, before.all);
});
