import assert from 'node:assert/strict';
import { connect, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { service, yaml } from '../support/resources.ts';

/** UNAVAILABLE is to gRPC what 503 is elsewhere: the endpoint is left alone, and the call may be tried elsewhere. */

const HEAD = { ':status': 200, 'content-type': 'application/grpc' };

/** How an endpoint says a status: without any message, or behind one. */
const WAYS: Readonly<Record<string, (stream: ServerHttp2Stream, status: string) => void>> = {
  Only: (stream, status) => stream.respond({ ...HEAD, 'grpc-status': status }, { endStream: true }),
  Behind: (stream, status) => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
  },
};

class Endpoint {
  calls = 0;
  readonly url: string;

  constructor(server: Http2Server) {
    this.url = `h2c://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Says `status` to every call, in the way that its method names. */
  static async start(status: string): Promise<Endpoint> {
    const server = createServer().on('session', (session) => after(() => session.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    after(() => server.close());
    const endpoint = new Endpoint(server);
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      endpoint.calls++;
      stream.on('error', () => {}).resume();
      stream.on('end', () => WAYS[String(headers[':path']).split('/')[2]!]!(stream, status));
    });
    return endpoint;
  }
}

function balanced(name: string, endpoints: readonly Endpoint[], http: object = {}) {
  const loadbalance = {
    endpoints: endpoints.map(({ url }) => ({ url })),
    policy: 'ROUND_ROBIN',
    outlier: { consecutiveFailures: 3, ejectionTime: '10m' },
  };
  return service(name, { mode: 'GRPC', isAnonymous: true, config: { upstream: { loadbalance }, http } });
}

const [UNAVAILABLE, NOT_FOUND, OK] = ['14', '5', '0'];
const start = async () => [await Endpoint.start(UNAVAILABLE), await Endpoint.start(OK)] as const;
const [only, behind, retried] = [await start(), await start(), await start()];
const picky = [await Endpoint.start(NOT_FOUND), await Endpoint.start(OK)] as const;
const retry = { initialInterval: '1ms', methods: ['POST'] };

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      balanced('only', only),
      balanced('behind', behind),
      balanced('picky', picky, { retry, enableRequestBuffering: true }),
      balanced('retried', retried, { retry, enableRequestBuffering: true }),
      balanced('cautious', retried, { retry: { initialInterval: '1ms' }, enableRequestBuffering: true }),
    ),
  },
});

const session = connect(`http://127.0.0.1:${gateway.port}`).on('error', () => {});
after(() => session.destroy());

/** Calls so many times, one after the other, and gives the statuses. */
async function call(host: string, way: 'Only' | 'Behind', times: number): Promise<string[]> {
  const statuses: string[] = [];
  for (let i = 0; i < times; i++) statuses.push(await callOnce(host, way));
  return statuses;
}

function callOnce(host: string, way: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/test.v1.Wire/${way}`,
      ':authority': `${host}.${DOMAIN}`,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status = 'none';
    const read = (fields: object): void => {
      status = (fields as { 'grpc-status'?: string })['grpc-status'] ?? status;
    };
    stream.on('response', read).on('trailers', read).on('error', reject).resume();
    stream.on('close', () => resolve(status));
    stream.end(Buffer.from([0, 0, 0, 0, 0]));
  });
}

function count(statuses: readonly string[], wanted: string): number {
  return statuses.filter((status) => status === wanted).length;
}

for (const [name, way, [sick, well]] of [
  ['only', 'Only', only],
  ['behind', 'Behind', behind],
] as const) {
  test(`an endpoint that is UNAVAILABLE (${way}) again and again is left alone`, async () => {
    const statuses = await call(name, way, 20);
    assert.equal(count(statuses, UNAVAILABLE), 3);
    assert.deepEqual([sick.calls, well.calls], [3, 17]);
  });
}

test('other errors are about the call: nobody is left alone for them, and nothing is tried again', async () => {
  const statuses = await call('picky', 'Only', 20);
  assert.equal(count(statuses, NOT_FOUND), 10);
  assert.deepEqual([picky[0].calls, picky[1].calls], [10, 10]);
});

test('a call that is UNAVAILABLE is tried again elsewhere, where the configuration names POST', async () => {
  assert.deepEqual(await call('retried', 'Only', 4), [OK, OK, OK, OK]);
  assert.equal(retried[0].calls, 2);
});

test('without POST among the methods it is not tried again', async () => {
  assert.equal(count(await call('cautious', 'Only', 4), UNAVAILABLE), 2);
});

test('an answer that has begun is not tried again', async () => {
  const [sick] = retried;
  const before = sick.calls;
  const statuses = await call('retried', 'Behind', 2);
  assert.equal(count(statuses, UNAVAILABLE), sick.calls - before);
  assert.equal(count(statuses, UNAVAILABLE), 1);
});
