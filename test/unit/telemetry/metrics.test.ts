import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import type { Reason } from '../../../src/gateway/reasons.ts';
import { createMetrics, type Metrics } from '../../../src/telemetry/metrics.ts';
import { anExchange, aService } from './an-exchange.ts';

function settledExchange(service: string | null, status: number, reason: Reason | null = null): Exchange {
  const x = anExchange({ host: 'host-of-the-caller.example', path: '/path-of-the-caller' });
  x.service = service === null ? null : aService(service);
  x.refusal = reason === null ? null : refuse(reason);
  x.response = { status, headers: new HeaderList(), body: null };
  Object.assign(x.timings, { upstreamStarted: 1001, upstreamAnswered: 1004, settled: 1020 });
  return x;
}

function run(metrics: Metrics, ...exchanges: Exchange[]): void {
  for (const x of exchanges) {
    metrics.accepted(x);
    metrics.settled(x);
  }
}

function newMetrics(accessLogDropped = () => 0): Metrics {
  return createMetrics({ accessLogDropped });
}

/** The value of a series, `null` when there is none. */
async function seriesValue(metrics: Metrics, series: string): Promise<number | null> {
  const line = (await metrics.render()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

describe('createMetrics', () => {
  test('counts requests by Service, class of status and reason', async () => {
    const metrics = newMetrics();
    run(
      metrics,
      settledExchange('echo', 200),
      settledExchange('echo', 204),
      settledExchange('echo', 403, 'policy-denied'),
    );
    const total = (labels: string) => seriesValue(metrics, `ostiary_requests_total{${labels}}`);
    assert.equal(await total('service="echo",status_class="2xx",reason="-"'), 2);
    assert.equal(await total('service="echo",status_class="4xx",reason="policy-denied"'), 1);
  });

  test('nothing that a caller writes becomes a label', async () => {
    const metrics = newMetrics();
    run(metrics, settledExchange(null, 404, 'no-route'));
    metrics.unparsed({ id: 'caller', clientAddress: '192.0.2.77', reason: 'bad-host', status: 400, detail: 'caller' });
    const text = await metrics.render();
    assert.match(text, /ostiary_requests_total\{service="-",status_class="4xx",reason="no-route"\} 1/);
    assert.match(text, /ostiary_requests_total\{service="-",status_class="4xx",reason="bad-host"\} 1/);
    assert.doesNotMatch(text, /caller|192\.0\.2/);
  });

  test('measures in seconds, the upstream by itself', async () => {
    const metrics = newMetrics();
    run(metrics, settledExchange('echo', 200));
    assert.equal(await seriesValue(metrics, 'ostiary_request_duration_seconds_sum{service="echo"}'), 0.02);
    assert.equal(await seriesValue(metrics, 'ostiary_upstream_duration_seconds_sum{service="echo"}'), 0.003);
  });

  test('an exchange without an upstream does not count as a fast one', async () => {
    const metrics = newMetrics();
    const x = settledExchange('echo', 403, 'no-policy-match');
    Object.assign(x.timings, { upstreamStarted: 0, upstreamAnswered: 0 });
    run(metrics, x);
    assert.equal(await seriesValue(metrics, 'ostiary_upstream_duration_seconds_count{service="echo"}'), null);
  });

  test('knows how many requests are being served', async () => {
    const metrics = newMetrics();
    const [one, other] = [settledExchange('echo', 200), settledExchange('echo', 200)];
    metrics.accepted(one);
    metrics.accepted(other);
    metrics.settled(one);
    assert.equal(await seriesValue(metrics, 'ostiary_active_requests'), 1);
  });

  test('forgets Services that are gone', async () => {
    const metrics = newMetrics();
    run(metrics, settledExchange('old', 200), settledExchange('kept', 200), settledExchange(null, 404, 'no-route'));
    metrics.serving(12, ['kept']);
    const text = await metrics.render();
    assert.doesNotMatch(text, /service="old"/);
    assert.match(text, /ostiary_requests_total\{service="kept"/);
    assert.match(text, /ostiary_requests_total\{service="-"/);
    assert.equal(await seriesValue(metrics, 'ostiary_generation'), 12);
  });

  test('a Service that comes back counts again from zero', async () => {
    const metrics = newMetrics();
    run(metrics, settledExchange('echo', 200));
    metrics.serving(2, []);
    run(metrics, settledExchange('echo', 200));
    assert.equal(await seriesValue(metrics, 'ostiary_requests_total{service="echo",status_class="2xx",reason="-"}'), 1);
  });

  test('counts reloads by result, both from the start', async () => {
    const metrics = newMetrics();
    metrics.reloaded('applied');
    assert.equal(await seriesValue(metrics, 'ostiary_config_reloads_total{result="applied"}'), 1);
    assert.equal(await seriesValue(metrics, 'ostiary_config_reloads_total{result="rejected"}'), 0);
  });

  test('shows the errors of the configuration in service', async () => {
    const metrics = newMetrics();
    assert.equal(await seriesValue(metrics, 'ostiary_config_errors'), 0);
    metrics.configErrors(2);
    assert.equal(await seriesValue(metrics, 'ostiary_config_errors'), 2);
    metrics.configErrors(0);
    assert.equal(await seriesValue(metrics, 'ostiary_config_errors'), 0);
  });

  test('takes over the number of lost log lines', async () => {
    let dropped = 3;
    const metrics = newMetrics(() => dropped);
    assert.equal(await seriesValue(metrics, 'ostiary_access_log_dropped_total'), 3);
    dropped = 5;
    assert.equal(await seriesValue(metrics, 'ostiary_access_log_dropped_total'), 5);
  });

  test('has a registry of its own, with the figures of the process', async () => {
    const [one, other] = [newMetrics(), newMetrics()];
    run(one, settledExchange('echo', 200));
    assert.doesNotMatch(await other.render(), /service="echo"/);
    assert.match(await one.render(), /process_cpu_seconds_total/);
    assert.match(one.contentType, /^text\/plain; version=0\.0\.4/);
  });
});
