import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAdminListener } from '../../../src/admin/listener.ts';

test('metrics that cannot be rendered are 500, and the listener goes on', async () => {
  const listener = await openAdminListener('127.0.0.1', 0, {
    isStarted: () => true,
    isReady: () => true,
    metrics: () => Promise.reject(new Error('a collector failed')),
  });
  const url = `http://127.0.0.1:${listener.address.port}`;
  const failed = await fetch(`${url}/metrics`);
  assert.deepEqual([failed.status, await failed.text()], [500, 'failed: a collector failed\n']);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  await listener.close();
});
