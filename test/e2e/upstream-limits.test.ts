import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { service, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';

/** R66, R71: an upstream that is stuck holds up its own requests, as many as its limits say, and nobody else's. */

const held: ServerResponse[] = [];
let connections = 0;
const stuck = createServer((_request, response) => held.push(response)).on('connection', () => connections++);
await new Promise<void>((resolve) => stuck.listen(0, '127.0.0.1', resolve));
after(() => {
  stuck.closeAllConnections();
  stuck.close();
});
const url = `http://127.0.0.1:${(stuck.address() as AddressInfo).port}`;
const fine = await RecordingUpstream.start('fine');

function limited(name: string, limits: Readonly<Record<string, unknown>>, to = url) {
  return service(name, { isAnonymous: true, config: { upstream: { url: to, limits } } });
}

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      limited('narrow', { connections: 3, pending: 2 }),
      limited('few', { requests: 4 }),
      limited('fine', {}, fine.url),
    ),
  },
});

for (const [host, most, opened] of [
  ['narrow', 5, 3],
  ['few', 4, 4],
] as const) {
  test(`${host}: ${most} requests are under way, more are refused at once, and other Services are served`, async () => {
    [held.length, connections] = [0, 0];
    const asking = Array.from({ length: 20 }, () => gateway.ask(host));
    const refused = await Promise.all(await firstOf(asking, 20 - most));
    assert.deepEqual(
      new Set(refused.map(({ status, reason }) => `${status} ${reason}`)),
      new Set(['503 upstream-busy']),
    );
    for (let i = 0; i < 20; i++) assert.equal((await gateway.ask('fine')).status, 200);
    assert.equal(connections, opened);
    const answering = setInterval(() => {
      for (const response of held.splice(0)) response.end('at last');
    }, 5);
    const all = await Promise.all(asking);
    clearInterval(answering);
    assert.equal(all.filter(({ status }) => status === 200).length, most);
    assert.equal(connections, opened);
  });
}

/** Those that are settled first. */
async function firstOf<T>(all: readonly Promise<T>[], count: number): Promise<T[]> {
  const settled: T[] = [];
  for (const one of all) void one.then((value) => settled.push(value));
  await until(`${count} of ${all.length}`, () => settled.length >= count);
  return settled.slice();
}
