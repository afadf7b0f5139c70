import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slot, type SlotParts } from '../../../src/main/supervisor/slot.ts';
import type { WorkerProcess } from '../../../src/main/supervisor/worker-process.ts';
import type { WorkerStart } from '../../../src/main/worker/api.ts';

/** A worker that takes every call, and ends when and how it is told to. */
function fakeWorker() {
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const worker = { pid: 1, ended, remote: { call: async () => undefined }, drain: () => ended, kill: () => {} };
  return { worker: worker as unknown as WorkerProcess, end };
}

async function slotWith(worker: WorkerProcess) {
  let losses = 0;
  const parts: SlotParts = {
    spawn: () => worker,
    begin: () => ({ configuration: { generation: 1 } }) as WorkerStart,
    drainMs: 0,
    departed: () => {},
    lost: () => void losses++,
    warn: () => {},
  };
  const slot = new Slot(parts);
  await slot.start();
  return { slot, losses: () => losses };
}

test('a worker that ends by itself is told of: it may have had no time to tell the others what it changed', async () => {
  const { worker, end } = fakeWorker();
  const { slot, losses } = await slotWith(worker);
  end('SIGKILL');
  await worker.ended;
  await Promise.resolve();
  assert.equal(losses(), 1);
  slot.kill();
});

test('one that was asked to end has told all that it changed', async () => {
  const { worker, end } = fakeWorker();
  const { slot, losses } = await slotWith(worker);
  const drained = slot.drain(0);
  end('exit code 0');
  await drained;
  assert.equal(losses(), 0);
});
