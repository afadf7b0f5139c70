import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { CATALOG } from '../../../src/plugins/catalog.ts';
import type { Report } from '../../bench/report.ts';

const MAIN = join(import.meta.dirname, '../../bench/main.ts');
const QUICK = ['--seconds', '0.2', '--rounds', '1', '--connections', '2', '--load', 'own', '--scale', '0.005'];

function bench(...args: string[]) {
  return promisify(execFile)(process.execPath, [MAIN, ...QUICK, ...args]);
}

async function report(...names: string[]): Promise<Report> {
  const { stdout } = await bench('--json', ...names.flatMap((name) => ['--case', name]));
  return JSON.parse(stdout) as Report;
}

test('the bench measures requests of every kind and prints a table', async () => {
  const { stdout } = await bench('--case', 'requests');
  const [titles, ...lines] = stdout.trim().split('\n');
  assert.match(titles ?? '', /^case +requests\/s +CPU µs\/request +CPU to nginx +p50 ms +p99 ms +RSS MB$/);
  for (const name of ['gateway-plain', 'gateway-known', 'gateway-cookie', 'gateway-bearer', 'gateway-assertion']) {
    assert.equal(lines.filter((line) => line.startsWith(name)).length, 1, `${name} in ${stdout}`);
  }
  for (const peer of ['nginx', 'haproxy', 'caddy']) {
    assert.ok(
      lines.some((line) => line.startsWith(peer)),
      `${peer} is measured, or said to be missing: ${stdout}`,
    );
  }
});

/** A figure of each case that needs no peer. */
const FIGURES = {
  latency: 'p99 added at half of saturation',
  bodies: '1 MiB down: speed',
  'slow-reader': 'RSS growth with slow clients',
  grpc: 'calls',
  idle: 'open at the end',
  'idle-tls': 'open at the end',
  'idle-tunnels': 'open at the end',
  cel: 'one method',
  bombs: 'p99 beside bombs to p99',
  replay: 'decisions',
  identity: 'cookie: added',
  'sign-ins': 'sign-ins beside provider and browsers',
  plugins: 'cache: upstream to hit',
  workers: 'one worker: throughput beside the load generator',
};

test('as JSON: one kind of requests, and every other case with its figures, and each plugin with one', async () => {
  const { results, load, rounds, figures, failures } = await report('gateway-bearer', ...Object.keys(FIGURES));
  assert.deepEqual(failures, []);
  assert.deepEqual(
    results.map(({ name }) => name),
    ['gateway-bearer'],
  );
  assert.ok(results[0]!.requestsPerSecond > 0 && results[0]!.p99 >= results[0]!.p50);
  assert.equal(results[0]!.cpuToNginx, null, 'nginx was not measured');
  assert.deepEqual([load, rounds], ['own', 1]);
  const measured = [...Object.entries(FIGURES), ...Object.keys(CATALOG).map((name) => ['plugins', `${name}: added`])];
  for (const [name, expected] of measured) {
    const found = figures.find((figure) => figure.case === name && figure.name === expected);
    assert.ok(found !== undefined && found.value !== null, `${name}, ${expected}: ${JSON.stringify(figures)}`);
  }
});

test('a case that does not exist is named', async () => {
  await assert.rejects(bench('--case', 'envoy'), ({ code, stderr }: { code: number; stderr: string }) => {
    assert.equal(code, 1);
    assert.match(stderr, /no case "envoy"; there are nginx, haproxy, caddy, gateway-plain/);
    return true;
  });
});
