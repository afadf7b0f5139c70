import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { installConfig } from '../../../src/main/install.ts';

test('one process, 30 seconds to drain and no limits of its own are the default', () => {
  const { workers, drain, limits } = installConfig({}, {}, {});
  assert.deepEqual(
    { workers, drain, limits },
    {
      workers: 1,
      drain: 30_000,
      limits: { connections: null, connectionsPerAddress: null },
    },
  );
});

test('a flag goes before a variable and a variable before the file, key by key', () => {
  const file = { workers: 2, drain: '1m', limits: { connections: 10, connectionsPerAddress: 2 } };
  const env = { OSTIARY_WORKERS: '3', OSTIARY_LIMITS_CONNECTIONS: '20', OSTIARY_DRAIN: '2m' };
  const { workers, drain, limits } = installConfig({ workers: '4' }, env, file);
  assert.deepEqual(
    { workers, drain, limits },
    {
      workers: 4,
      drain: 120_000,
      limits: { connections: 20, connectionsPerAddress: 2 },
    },
  );
});

test('auto is the number of processors that the process may use', () => {
  assert.equal(installConfig({ workers: 'auto' }, {}, {}).workers, availableParallelism());
});

for (const workers of ['0', '-1', '1.5', 'many', '', '257', 1.5]) {
  test(`${JSON.stringify(workers)} is no number of workers`, () => {
    assert.throws(() => installConfig({ workers }, {}, {}), /workers: /);
  });
}

for (const drain of ['30', '1y', '-1s', '30000000000s']) {
  test(`${drain} is no time to drain`, () => {
    assert.throws(() => installConfig({ drain }, {}, {}), /drain: .* is not a duration/);
  });
}
