import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

test('what plugins do is counted by Service, plugin and event, and goes with the Service', async () => {
  const metrics = createMetrics({ accessLogDropped: () => 0 });
  for (const event of ['mirrored', 'mirrored', 'dropped']) metrics.plugin({ service: 'api', plugin: 'copy', event });
  metrics.plugin({ service: 'shop', plugin: 'bad-day', event: 'aborted' });
  const lines = async () => (await metrics.render()).split('\n').filter((line) => /^ostiary_plugin_events/.test(line));
  assert.deepEqual(await lines(), [
    'ostiary_plugin_events_total{service="api",plugin="copy",event="mirrored"} 2',
    'ostiary_plugin_events_total{service="api",plugin="copy",event="dropped"} 1',
    'ostiary_plugin_events_total{service="shop",plugin="bad-day",event="aborted"} 1',
  ]);
  metrics.serving(2, ['shop']);
  assert.deepEqual(await lines(), ['ostiary_plugin_events_total{service="shop",plugin="bad-day",event="aborted"} 1']);
});
