import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { Channel, type Pipe } from '../../../src/main/worker/channel.ts';

interface Api {
  double(n: number): number;
  fail(message: string): never;
  never(nothing: null): Promise<void>;
}

const OURS = {
  double: (n: number) => 2 * n,
  fail: (message: string) => {
    throw new AppError('refused', message);
  },
  never: () => new Promise<void>(() => {}),
};

/** Two ends of one pipe, in one process. */
function pipes(): readonly [EventEmitter & Pipe, EventEmitter & Pipe] {
  const [a, b] = [new EventEmitter(), new EventEmitter()];
  const sendTo = (other: EventEmitter) => (message: object) =>
    void queueMicrotask(() => other.emit('message', structuredClone(message)));
  return [Object.assign(a, { send: sendTo(b) }), Object.assign(b, { send: sendTo(a) })];
}

test('a call gives what the function on the other side gives, or throws what it throws', async () => {
  const [near, far] = pipes();
  const channel = new Channel<Api>(near, {});
  new Channel(far, OURS);
  assert.deepEqual(await Promise.all([1, 2, 3].map((n) => channel.call('double', n))), [2, 4, 6]);
  await assert.rejects(channel.call('fail', 'no'), { code: 'refused', message: 'no' });
});

test('a function that is not there is an error of the caller alone', async () => {
  const [near, far] = pipes();
  const channel = new Channel<Api>(near, {});
  new Channel(far, {});
  await assert.rejects(channel.call('double', 1), { code: 'internal' });
});

test('calls that wait when the other process ends fail, and so do later ones', async () => {
  const [near, far] = pipes();
  const channel = new Channel<Api>(near, {});
  new Channel(far, OURS);
  const waiting = channel.call('never', null);
  near.emit('disconnect');
  await assert.rejects(waiting, { code: 'unavailable' });
  await assert.rejects(channel.call('double', 1), { code: 'unavailable' });
});
