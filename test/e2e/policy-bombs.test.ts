/** Conditions that hold the worker, or fill its memory, on what clients send: each is stopped, and nobody else notices. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { usageOf } from '../bench/usage.ts';
import { BOMBS, bombServices, FUSE } from '../support/bombs.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PathEcho } from '../support/path-echo.ts';
import { open, yaml } from '../support/resources.ts';
import { SteadyLoad } from '../support/steady-load.ts';

const ROUNDS = 5;
/** Of resident memory. What the bombs would make is many times as much. */
const MOST_BYTES = 700 * 1024 * 1024;

const upstream = await PathEcho.start();
const gateway = await GatewayProcess.start({
  files: { 'a.yaml': yaml(open('site', upstream.url), ...bombServices(upstream.url)) },
  args: ['--access-log', '/dev/null'],
});

async function outcomeOf(name: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const { status, reason } = await gateway.ask(name, '/', { method: 'POST', headers, body: FUSE });
  return `${status} ${reason}`;
}

test('every bomb is answered 403 policy-cost, every other request as ever, and memory stays bounded', async () => {
  const load = new SteadyLoad({ port: gateway.port, host: `site.${DOMAIN}`, connections: 4 });
  after(() => load.stop());
  for (let round = 0; round < ROUNDS; round++) {
    const outcomes = await Promise.all(BOMBS.map(async ({ name }) => [name, await outcomeOf(name)]));
    assert.deepEqual(
      outcomes,
      BOMBS.map(({ name }) => [name, '403 policy-cost']),
    );
  }
  const { answered, failed, unheard } = await load.stop();
  assert.deepEqual([failed, unheard], [[], []]);
  assert.ok(answered.size > 0);
  const bytes = usageOf(gateway.pid)?.rss ?? 0;
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  assert.equal((await gateway.ask('site', '/afterwards')).body, '/afterwards');
  assert.equal(await gateway.stop(), 0);
});
