import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { LoadResult } from '../bench/load/load.ts';
import { outputOf } from '../bench/processes.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PathEcho } from '../support/path-echo.ts';
import { open, yaml } from '../support/resources.ts';
import { SlowClients, type Slowness } from '../support/slow-clients.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';

/** `scripts/soak.ts` asks for more, and for the times of others. */
const CLIENTS = Number(process.env.SOAK_SLOW ?? 200);
const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 0);
const PACED = join(import.meta.dirname, '../bench/load/paced-process.ts');
const host = `site.${DOMAIN}`;
const KINDS: readonly Slowness[] = ['head', 'body', 'reader'];

const upstream = await PathEcho.start();
const gateway = await GatewayProcess.start({
  files: { 'a.yaml': yaml(open('site', upstream.url)) },
  args: ['--access-log', '/dev/null'],
});

/** The system keeps some MiB for each client that does not read, so there are fewer of them. */
const COUNTS: Readonly<Record<Slowness, number>> = { head: CLIENTS, body: CLIENTS, reader: Math.ceil(CLIENTS / 8) };

function slowClients(slowness: Slowness): SlowClients {
  const clients = new SlowClients(gateway.port, host, slowness, COUNTS[slowness]);
  after(() => clients.stop());
  return clients;
}

test('clients that send heads slowly get 408, and nobody waits for the slow ones', async (t) => {
  const all = KINDS.map((slowness) => slowClients(slowness));
  const [heads] = all;
  const load = new SteadyLoad({ port: gateway.port, host, connections: 8 });
  await until(
    () => `408 for each; there are ${heads!.answers.length} answers`,
    () => heads!.answers.length >= CLIENTS,
  );
  const { answered, failed, unheard } = await load.stop();
  assert.deepEqual([failed, unheard], [[], []]);
  assert.deepEqual([...new Set(heads!.answers)], ['HTTP/1.1 408 Request Timeout']);
  t.diagnostic(`${answered.size} answered meanwhile`);
  for (const clients of all) clients.stop();
  assert.equal((await gateway.ask('site', '/afterwards')).body, '/afterwards');
});

/** Requests at a moderate rate; times in milliseconds. */
async function paced(): Promise<LoadResult> {
  const order = { port: gateway.port, path: '/', headers: { host }, connections: 16, seconds: 3, rate: 1000 };
  return JSON.parse(await outputOf(process.execPath, [PACED, JSON.stringify(order)])) as LoadResult;
}

async function p99(): Promise<number> {
  const { p99: found, errors } = await paced();
  assert.equal(errors, 0);
  return found;
}

async function compare(t: TestContext, slowness: Slowness): Promise<void> {
  const [alone, beside]: [number[], number[]] = [[], []];
  await p99();
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await p99());
    const clients = slowClients(slowness);
    await until('the clients', () => clients.open === COUNTS[slowness]);
    // What their beginning costs is not the question.
    await paced();
    beside.push(await p99());
    clients.stop();
  }
  // The rounds that the rest of the machine disturbed least.
  const [least, most] = [Math.min(...alone), Math.min(...beside)];
  t.diagnostic(`p99 ${least.toFixed(2)} ms alone, ${most.toFixed(2)} ms beside`);
  assert.ok(most < 2 * least);
}

for (const slowness of ROUNDS > 0 ? KINDS : []) {
  test(`${COUNTS[slowness]} clients of a slow ${slowness} do not double the p99 of others`, (t) =>
    compare(t, slowness));
}
