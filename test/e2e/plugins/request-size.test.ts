import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { open, service, yaml } from '../../support/resources.ts';

const LIMIT = 1000;
/** Sizes of the bodies that came to their end. */
const complete: number[] = [];

const upstream = createServer(async (incoming, response) => {
  let size = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) size += chunk.byteLength;
  } catch {
    return; // cut off
  }
  complete.push(size);
  response.end(String(size));
});
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
after(() => upstream.close());
const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;

const plugins = (phase: string) => [
  {
    name: 'one',
    phase,
    condition: { not: 'ctx.request.http.path.startsWith("/large/")' },
    requestSize: { maxBytes: LIMIT },
  },
];

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      open('before', url, {}, { plugins: plugins('PRE_AUTH') }),
      open('behind', url, {}, { plugins: plugins('POST_AUTH') }),
      open('buffering-before', url, {}, { plugins: plugins('PRE_AUTH'), enableRequestBuffering: true }),
      open('buffering', url, {}, { plugins: plugins('POST_AUTH'), enableRequestBuffering: true }),
      service('guarded', { config: { upstream: { url }, http: { plugins: plugins('PRE_AUTH') } } }),
    ),
  },
});

/** Sends chunks of 100 bytes with no length stated. */
async function stream(name: string, size: number, path = '/'): Promise<string> {
  const outgoing = request({
    port: gateway.port,
    host: '127.0.0.1',
    path,
    method: 'POST',
    headers: { host: `${name}.${DOMAIN}` },
  });
  outgoing.on('error', () => {});
  for (let sent = 0; sent < size; sent += 100) outgoing.write('x'.repeat(Math.min(100, size - sent)));
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  response.resume();
  return `${response.statusCode} ${response.headers['x-ostiary-reason'] ?? 'passed'}`;
}

async function send(name: string, size: number, path = '/'): Promise<string> {
  const { status, reason } = await gateway.ask(name, path, { method: 'POST', body: 'x'.repeat(size) });
  return `${status} ${reason ?? 'passed'}`;
}

for (const name of ['before', 'behind', 'buffering', 'buffering-before']) {
  for (const [how, transfer] of [
    ['with a length', send],
    ['as a stream', stream],
  ] as const) {
    test(`${name}: a body ${how} passes up to the limit, and never reaches the upstream whole above it`, async () => {
      complete.length = 0;
      assert.equal(await transfer(name, LIMIT), '200 passed');
      assert.equal(await transfer(name, LIMIT + 1), '413 body-too-large');
      assert.equal(await transfer(name, 100_000), '413 body-too-large');
      assert.equal(await transfer(name, 100_000, '/large/x'), '200 passed');
      assert.deepEqual(complete, [LIMIT, 100_000]);
    });
  }
}

test('before authorization it refuses strangers too, and others are asked who they are', async () => {
  assert.equal(await send('guarded', LIMIT + 1), '413 body-too-large');
  assert.equal(await send('guarded', 1), '401 unauthenticated');
});

test('a request without a body passes', async () => assert.equal((await gateway.ask('behind')).status, 200));
