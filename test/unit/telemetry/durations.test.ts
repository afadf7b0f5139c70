import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram, Registry } from 'prom-client';
import { BOUNDS, Durations } from '../../../src/telemetry/durations.ts';

test('durations fall into the buckets that prom-client would put them into', async () => {
  const histogram = new Histogram({ name: 'h', help: 'h', buckets: [...BOUNDS], registers: [new Registry()] });
  const durations = new Durations();
  const seconds = [...BOUNDS.flatMap((bound) => [bound, bound * 0.999, bound * 1.001]), 0, 31, 1e6];
  for (const one of seconds) {
    histogram.observe(one);
    durations.observe(one);
  }
  const { values } = await histogram.get();
  const buckets = values.filter(({ labels }) => labels.le !== undefined && labels.le !== '+Inf');
  assert.deepEqual(
    durations.cumulated(),
    buckets.map(({ value }) => value),
  );
  assert.equal(durations.count, seconds.length);
  assert.equal(
    durations.sum,
    seconds.reduce((sum, one) => sum + one, 0),
  );
});
