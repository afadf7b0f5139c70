import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type Metrics } from '../../../src/telemetry/metrics.ts';
import { shadowCounts } from '../../../src/telemetry/shadow-series.ts';
import { anExchange, aService } from './an-exchange.ts';

function disagreed(metrics: Metrics, service: string, policy: string): void {
  const x = anExchange();
  x.service = aService(service);
  const decision = { effect: 'allow', reason: 'policy-allowed', policy: 'team', rule: 'r', detail: null } as const;
  x.decision = { ...decision, shadow: [{ policy, would: 'deny' }] };
  metrics.settled(x);
}

test('disagreements are counted, of all processes together', async () => {
  const [one, other] = [createMetrics({ accessLogDropped: () => 0 }), createMetrics({ accessLogDropped: () => 0 })];
  disagreed(one, 'api', 'p');
  disagreed(one, 'web', 'p');
  disagreed(other, 'api', 'p');
  const counts = shadowCounts([await one.figures(), await other.figures(), []]);
  assert.deepEqual(counts, [
    { service: 'api', policy: 'p', would: 'deny', count: 2 },
    { service: 'web', policy: 'p', would: 'deny', count: 1 },
  ]);
  assert.match(await one.render(), /^ostiary_shadow_disagreements_total\{service="api",policy="p",would="deny"\} 1$/m);
});

test('a Service that is gone leaves no series behind', async () => {
  const metrics = createMetrics({ accessLogDropped: () => 0 });
  disagreed(metrics, 'api', 'p');
  disagreed(metrics, 'web', 'q');
  metrics.serving(2, ['web']);
  const services = shadowCounts([await metrics.figures()]).map(({ service }) => service);
  assert.deepEqual(services, ['web']);
});
