import assert from 'node:assert/strict';
import { Agent, type ServerResponse } from 'node:http';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { PathEcho } from '../support/path-echo.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { until } from '../support/until.ts';

const args = ['--workers', '2', '--access-log', '/dev/null'];
const CONNECTIONS = 16;
const KILLS = 3;

test('a worker that is killed takes the requests with it that it was serving, and no other', async () => {
  const held: ServerResponse[] = [];
  const upstream = await RecordingUpstream.start('upstream', {
    answer: ({ url }, response) => {
      if (url === '/held') held.push(response);
      else response.end(String(response.socket?.remotePort));
    },
  });
  const gateway = await GatewayProcess.start({ args, files: { 'a.yaml': yaml(open('site', upstream.url)) } });
  const agents = Array.from({ length: CONNECTIONS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  after(() => agents.forEach((agent) => void agent.destroy()));
  // One after the other: each worker needs one connection to the upstream, whose port says which worker it is.
  const workerOf: string[] = [];
  for (const agent of agents) workerOf.push((await gateway.ask('site', '/', { agent })).body);
  assert.equal(new Set(workerOf).size, 2);
  const asked = agents.map((agent) =>
    gateway.ask('site', '/held', { agent }).then(
      ({ status }) => status,
      () => 'lost',
    ),
  );
  await until('all to be asked', () => held.length === CONNECTIONS);
  process.kill(gateway.workers[0]!, 'SIGKILL');
  await Promise.race(asked);
  for (const response of held) response.end('late');
  const became = await Promise.all(asked);
  const lost = new Set(workerOf.filter((_, i) => became[i] === 'lost'));
  assert.equal(lost.size, 1);
  assert.deepEqual(
    became,
    workerOf.map((worker) => (lost.has(worker) ? 'lost' : 200)),
  );
  assert.equal(await gateway.stop(), 0);
});

test('workers that are killed under load cost at most one request of each connection', async (t) => {
  const upstream = await PathEcho.start();
  const gateway = await GatewayProcess.start({ args, files: { 'a.yaml': yaml(open('site', upstream.url)) } });
  const load = new SteadyLoad({ port: gateway.port, host: `site.${DOMAIN}`, connections: CONNECTIONS });
  for (let n = 0; n < KILLS; n++) {
    const [victim] = gateway.workers;
    const enough = load.answered + 10 * CONNECTIONS;
    await until('answers', () => load.answered > enough);
    process.kill(victim!, 'SIGKILL');
    await until('another worker', () => gateway.workers.length === 2 && !gateway.workers.includes(victim!));
  }
  const { answered, failed, unheard } = await load.stop();
  t.diagnostic(`${answered.size} answered, ${failed.length + unheard.length} lost`);
  assert.ok(failed.length + unheard.length <= KILLS * CONNECTIONS);
  assert.deepEqual(
    failed.filter((text) => !text.endsWith('the connection was closed without an answer')),
    [],
  );
  assert.deepEqual(
    [...upstream.asked].filter(([, count]) => count !== 1),
    [],
  );
  assert.equal(await gateway.stop(), 0);
});
