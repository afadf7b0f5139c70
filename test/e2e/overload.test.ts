import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';

/** From one signal to the other the event loop does little else than hold everybody up. */
const LAG = `
  let lag;
  const hold = () => { const end = performance.now() + 900; while (performance.now() < end); };
  process.on('SIGUSR2', () => { lag ??= setInterval(hold, 1); });
  process.on('SIGWINCH', () => { clearInterval(lag); lag = undefined; });
`;
/** From one signal to the other nearly all of the heap is in use, of which young objects may have 96 MiB. */
const BALLAST = `
  import { getHeapStatistics } from 'node:v8';
  let ballast = [];
  const room = () => 0.93 * (getHeapStatistics().heap_size_limit - 96 * 2 ** 20) - getHeapStatistics().used_heap_size;
  process.on('SIGUSR2', () => { while (room() > 0) ballast.push(new Array(100_000).fill(0.5)); });
  process.on('SIGWINCH', () => { ballast = []; });
`;
const PLANTED = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(LAG)}` };

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await look())) if (Date.now() > end) assert.fail(`waited in vain for ${what}`);
}

test('a process that is far behind refuses new requests with 503, answers about its health, and recovers (R70)', async () => {
  const upstream = await RecordingUpstream.start('upstream');
  const gateway = await GatewayProcess.start({ env: PLANTED, files: { 'a.yaml': yaml(open('site', upstream.url)) } });
  assert.equal((await gateway.ask('site')).status, 200);
  process.kill(gateway.pid, 'SIGUSR2');
  await until('a refusal', async () => (await gateway.ask('site')).reason === 'overloaded');
  const asked = upstream.received.length;
  const { status, reason } = await gateway.ask('site');
  assert.deepEqual([status, reason], [503, 'overloaded']);
  assert.equal(upstream.received.length, asked);
  assert.equal((await gateway.admin('/livez')).status, 200);
  assert.equal((await gateway.admin('/readyz')).status, 200);
  process.kill(gateway.pid, 'SIGWINCH');
  await until('an answer', async () => (await gateway.ask('site')).status === 200);
  assert.match(gateway.stderr, /^ostiary: overloaded, so new requests are refused: the event loop is \d+ ms late/m);
  assert.match(gateway.stderr, /^ostiary: not overloaded any more$/m);
  assert.equal(await gateway.stop(), 0);
});

test('a process that has nearly no memory left refuses new requests with 503, and recovers (R70)', async () => {
  const upstream = await RecordingUpstream.start('upstream');
  const gateway = await GatewayProcess.start({
    env: { NODE_OPTIONS: `--max-old-space-size=192 --import=data:text/javascript,${encodeURIComponent(BALLAST)}` },
    files: { 'a.yaml': yaml(open('site', upstream.url)) },
  });
  process.kill(gateway.pid, 'SIGUSR2');
  await until('a refusal', async () => (await gateway.ask('site')).reason === 'overloaded');
  assert.equal((await gateway.admin('/livez')).status, 200);
  process.kill(gateway.pid, 'SIGWINCH');
  await until('an answer', async () => (await gateway.ask('site')).status === 200);
  assert.match(gateway.stderr, /^ostiary: overloaded, .* 9\d % of the memory is used$/m);
  assert.match(gateway.stderr, /^ostiary: not overloaded any more$/m);
  assert.equal(await gateway.stop(), 0);
});

test('supervisor and health listener answer while a worker is far behind (R70)', async () => {
  const gateway = await GatewayProcess.start({ env: PLANTED, args: ['--workers', '2'] });
  for (const worker of gateway.workers) process.kill(worker, 'SIGUSR2');
  await until('a refusal', async () => (await gateway.ask('nothing')).reason === 'overloaded');
  assert.equal((await gateway.admin('/readyz')).status, 200);
  assert.equal((await gateway.api.status()).generation, 1);
  for (const worker of gateway.workers) process.kill(worker, 'SIGWINCH');
  await until('an answer', async () => (await gateway.ask('nothing')).status === 404);
  assert.equal(await gateway.stop(), 0);
});
