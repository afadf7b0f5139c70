import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { service, yaml } from '../support/resources.ts';

/** R64: `maxRequestSize` holds for bodies that stream too, whatever length they state. */

const LIMIT = 100_000;

/** Sizes of the bodies that came to their end. */
const complete: number[] = [];

async function take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let size = 0;
  if (incoming.url === '/early') response.writeHead(200).write('early');
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) size += chunk.byteLength;
  } catch {
    return; // cut off
  }
  complete.push(size);
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': '0' });
  response.end();
}

const http1 = createServer((incoming, response) => void take(incoming, response));
const http2 = createHttp2Server((incoming, response) => {
  void take(incoming as unknown as IncomingMessage, response as unknown as ServerResponse);
});
http2.on('session', (session) => {
  session.on('error', () => {});
  after(() => session.destroy());
});
for (const server of [http1, http2]) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
}
const urlOf = (scheme: string, server: { address(): AddressInfo | string | null }) =>
  `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;

function limited(name: string, mode: string, url: string) {
  const http = { body: { maxRequestSize: LIMIT }, listenHTTP2: true };
  return service(name, { mode, isAnonymous: true, config: { upstream: { url }, http } });
}

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      limited('one', 'HTTP', urlOf('http', http1)),
      limited('two', 'HTTP', urlOf('h2c', http2)),
      limited('rpc', 'GRPC', urlOf('h2c', http2)),
    ),
  },
});

const session = connect(`http://127.0.0.1:${gateway.port}`).on('error', () => {});
after(() => session.destroy());

type Fields = Readonly<Record<string, string>>;

/** What became of a request: status, reason, and the status of gRPC. */
type Became = readonly [status: number, reason: string | undefined, grpc?: string];

/** Pieces that are sent one after the other, so that the gateway has seen the first before the last is there. */
async function send(stream: NodeJS.WritableStream, size: number): Promise<void> {
  for (let left = size; left > 0; left -= 20_000) {
    stream.write(Buffer.alloc(Math.min(left, 20_000), 0x61));
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
}

function overHttp1(host: string, size: number, headers: Fields): Promise<Became> {
  return new Promise((resolve) => {
    const options = { port: gateway.port, method: 'POST', headers: { host: `${host}.${DOMAIN}`, ...headers } };
    const outgoing = request({ host: '127.0.0.1', agent: false, ...options }, (incoming) => {
      incoming.resume().on('error', () => {});
      resolve([incoming.statusCode ?? 0, incoming.headers['x-ostiary-reason'] as string | undefined]);
    });
    outgoing.on('error', () => {}); // the rest of a body that nobody wants
    void send(outgoing, size);
  });
}

function overHttp2(host: string, size: number, headers: Fields): Promise<Became> {
  return new Promise((resolve) => {
    const head = { ':method': 'POST', ':path': '/a.B/C', ':authority': `${host}.${DOMAIN}`, ...headers };
    const stream = session.request(head);
    stream.on('response', (fields) => {
      const grpc = fields['grpc-status'] as string | undefined;
      const reason = fields['x-ostiary-reason'] as string | undefined;
      resolve(grpc === undefined ? [Number(fields[':status']), reason] : [Number(fields[':status']), reason, grpc]);
    });
    stream.on('error', () => {}).resume();
    void send(stream, size);
  });
}

const WAYS = { 'HTTP/1.1': overHttp1, 'HTTP/2': overHttp2 } as const;
const stated = (size: number): Fields => ({ 'content-length': String(size) });

for (const [version, ask] of Object.entries(WAYS)) {
  for (const host of ['one', 'two']) {
    for (const [what, lengthOf] of [
      ['states its length', stated],
      ['does not state its length', () => ({})],
    ] as const) {
      test(`a body over ${version} to upstream ${host} that ${what} is served up to the limit, and refused above`, async () => {
        const [status] = await ask(host, LIMIT, lengthOf(LIMIT));
        assert.equal(status, 200);
        assert.equal(complete.pop(), LIMIT);
        for (const size of [LIMIT + 1, LIMIT * 10]) {
          assert.deepEqual(await ask(host, size, lengthOf(size)), [413, 'body-too-large']);
        }
        assert.deepEqual(complete, []);
      });
    }
  }
}

for (const host of ['one', 'two']) {
  test(`upstream ${host} that answers before it has read a body that is too large: the answer never looks complete`, async () => {
    const options = { host: '127.0.0.1', port: gateway.port, path: '/early', method: 'POST', agent: false };
    const outgoing = request({ ...options, headers: { host: `${host}.${DOMAIN}` } }).on('error', () => {});
    outgoing.write('begin');
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    const read = incoming.toArray();
    void send(outgoing, LIMIT * 2);
    await assert.rejects(read);
    assert.deepEqual([incoming.statusCode, complete], [200, []]);
  });
}

test('to callers of gRPC it is RESOURCE_EXHAUSTED', async () => {
  const headers = { 'content-type': 'application/grpc', te: 'trailers' };
  assert.deepEqual(await overHttp2('rpc', LIMIT * 2, headers), [200, 'body-too-large', '8']);
  assert.deepEqual(complete, []);
});
