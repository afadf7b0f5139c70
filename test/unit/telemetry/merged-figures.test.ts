import assert from 'node:assert/strict';
import { test } from 'node:test';
import { departedFigures, mergedText } from '../../../src/telemetry/merged-figures.ts';
import { createMetrics, type Figures, type Metrics } from '../../../src/telemetry/metrics.ts';

const UNPARSED = { id: 'x', clientAddress: '192.0.2.1', reason: 'bad-request', status: 400, detail: null } as const;

function counted(generation: number, requests: number): Metrics {
  const metrics = createMetrics({ accessLogDropped: () => 0 });
  metrics.serving(generation, []);
  for (let i = 0; i < requests; i++) metrics.unparsed(UNPARSED);
  return metrics;
}

function requests(text: string): number {
  return Number(/^ostiary_requests_total\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

test('counters of several processes are added, and the generation is the oldest that is served', async () => {
  const text = await mergedText([await counted(7, 2).figures(), await counted(6, 3).figures()]);
  assert.equal(requests(text), 5);
  assert.match(text, /^ostiary_generation 6$/m);
});

test('what a process had counted stays after its end, and its gauges go', async () => {
  let departed: Figures = [];
  for (const [generation, count] of [
    [1, 2],
    [2, 4],
  ] as const) {
    departed = departedFigures(departed, structuredClone(await counted(generation, count).figures()));
  }
  const text = await mergedText([await counted(9, 1).figures(), departed]);
  assert.equal(requests(text), 7);
  assert.match(text, /^ostiary_generation 9$/m);
});
