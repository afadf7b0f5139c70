import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Report } from '../../bench/report.ts';

const MAIN = join(import.meta.dirname, '../../bench/main.ts');
const QUICK = ['--seconds', '0.2', '--rounds', '1', '--connections', '2', '--load', 'own'];

function bench(...args: string[]) {
  return promisify(execFile)(process.execPath, [MAIN, ...QUICK, ...args]);
}

test('the bench runs every case and prints a table', async () => {
  const { stdout } = await bench();
  const [titles, ...lines] = stdout.trim().split('\n');
  assert.match(titles ?? '', /^case +requests\/s +CPU µs\/request +CPU to nginx +p50 ms +p99 ms +RSS MB$/);
  for (const name of ['gateway-plain', 'gateway-cookie', 'gateway-bearer']) {
    assert.equal(lines.filter((line) => line.startsWith(name)).length, 1, `${name} in ${stdout}`);
  }
  for (const peer of ['nginx', 'haproxy']) {
    assert.ok(
      lines.some((line) => line.startsWith(peer)),
      `${peer} is measured, or said to be missing: ${stdout}`,
    );
  }
});

test('one case as JSON', async () => {
  const { stdout } = await bench('--case', 'gateway-bearer', '--json');
  const { results, load, rounds } = JSON.parse(stdout) as Report;
  assert.deepEqual(
    results.map(({ name }) => name),
    ['gateway-bearer'],
  );
  assert.ok(results[0]!.requestsPerSecond > 0 && results[0]!.p99 >= results[0]!.p50);
  assert.equal(results[0]!.cpuToNginx, null, 'nginx was not measured');
  assert.deepEqual([load, rounds], ['own', 1]);
});

test('a case that does not exist is named', async () => {
  await assert.rejects(bench('--case', 'envoy'), ({ code, stderr }: { code: number; stderr: string }) => {
    assert.equal(code, 1);
    assert.match(stderr, /no case "envoy"; there are nginx, haproxy, gateway-plain/);
    return true;
  });
});
