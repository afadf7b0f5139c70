import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionLimits, connectionsFor, softLimitOf } from '../../../src/main/connection-limits.ts';
import { installConfig } from '../../../src/main/install.ts';

test('each connection is thought to need two descriptors, beside a reserve', () => {
  assert.equal(connectionsFor(1024), 480);
  assert.equal(connectionsFor(256), 96);
  assert.equal(connectionsFor(32), 16);
  assert.equal(connectionsFor(Number.POSITIVE_INFINITY), 100_000);
});

test('the soft limit is read from what the system tells', () => {
  const told =
    'Limit    Soft Limit   Hard Limit   Units\nMax open files            1024                 4096                 files     \n';
  assert.equal(softLimitOf(told), '1024');
  assert.equal(softLimitOf(told.replace('1024', 'unlimited')), 'unlimited');
  assert.equal(softLimitOf('something else'), null);
});

test('a limit for the gateway is divided among its workers; one for an address holds in each', () => {
  const limits = { connections: '101', connectionsPerAddress: 5 };
  assert.deepEqual(connectionLimits(installConfig({ workers: 4, limits }, {}, {})), {
    connections: 26,
    connectionsPerAddress: 5,
  });
  const { connectionsPerAddress } = connectionLimits(installConfig({}, {}, {}));
  assert.equal(connectionsPerAddress, Number.POSITIVE_INFINITY);
});
