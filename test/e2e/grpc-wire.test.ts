import assert from 'node:assert/strict';
import { connect, constants, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { service, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';

/** What gRPC looks like on the wire, with an upstream that does not keep to it. */

type Fields = Readonly<Record<string, string | string[] | undefined>>;

/** What the upstream does with a call, by the method that is called. */
const METHODS: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  Silent: () => {},
  Echo: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-end': 'yes' }));
    stream.pipe(stream);
  },
  TrailersOnly: (stream) => {
    const head = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5', 'grpc-message': 'none' };
    stream.respond(head, { endStream: true });
  },
  Refuses: (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  Calms: (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  Insecure: (stream) => stream.close(constants.NGHTTP2_INADEQUATE_SECURITY),
  Cancels: (stream) => stream.close(constants.NGHTTP2_CANCEL),
  Breaks: (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  Html: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/html' });
    stream.end('<p>hello');
  },
  Missing: (stream) => {
    stream.respond({ ':status': 404 });
    stream.end('not here');
  },
  Overloaded: (stream) => stream.respond({ ':status': 503 }, { endStream: true }),
  NoStatus: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.end(message('a'));
  },
  Halfway: (stream) => {
    // Or Node would end the stream before it resets it.
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.write(message('a'));
    setImmediate(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM));
  },
  Endless: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.write(message('a'));
  },
  Forges: (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    const forged = { 'set-cookie': 'a=b', 'x-ostiary-reason': 'x', authorization: 'x', 'content-type': 'text/html' };
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', ...forged }));
    stream.end(message('a'));
  },
};

const seen: Fields[] = [];
let open = 0;

const upstream = createServer().on('stream', (stream: ServerHttp2Stream, headers) => {
  seen.push(headers as Fields);
  open++;
  stream.on('error', () => {}).on('close', () => open--);
  METHODS[String(headers[':path']).split('/')[2]!]!(stream);
});
upstream.on('session', (session) => after(() => session.destroy()));
after(() => upstream.close());
await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));

const url = `h2c://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const short = { url, timeouts: { firstByte: '300ms', idle: '300ms' } };
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      service('rpc', { mode: 'GRPC', isAnonymous: true, config: { upstream: { url } } }),
      service('short', { mode: 'GRPC', isAnonymous: true, config: { upstream: short } }),
    ),
  },
});

const session = connect(`http://127.0.0.1:${gateway.port}`).on('error', () => {});
after(() => session.destroy());

interface Called {
  readonly headers: Fields;
  readonly body: string;
  readonly trailers: Fields;
  readonly code: number;
}

function message(text: string, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

function call(method: string, fields: Fields = {}, host = 'rpc'): Promise<Called> {
  return new Promise((resolve) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/test.v1.Wire/${method}`,
      ':authority': `${host}.${DOMAIN}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...fields,
    });
    let [headers, trailers, body]: [Fields, Fields, string] = [{}, {}, ''];
    stream.on('response', (given) => {
      headers = given as unknown as Fields;
    });
    stream.on('trailers', (given) => {
      trailers = given as Fields;
    });
    stream.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    });
    stream.on('error', () => {});
    stream.on('close', () => resolve({ headers, body, trailers, code: stream.rstCode }));
    stream.end(message('ping'));
  });
}

/** Status, wherever it stands, with the reason of a refusal. */
function statusOf({ headers, trailers }: Called): (string | string[] | undefined)[] {
  return [headers['grpc-status'] ?? trailers['grpc-status'], headers['x-ostiary-reason']];
}

test('the upstream gets te, content-type and what is left of the timeout', async () => {
  const { trailers, body } = await call('Echo', { 'content-type': 'application/grpc+json', 'grpc-timeout': '20S' });
  assert.equal(body, message('ping').toString('latin1'));
  assert.deepEqual([trailers['grpc-status'], trailers['x-end']], ['0', 'yes']);
  const { te, 'content-type': type, 'grpc-timeout': timeout } = seen.at(-1)!;
  assert.deepEqual([te, type], ['trailers', 'application/grpc+json']);
  assert.match(String(timeout), /^\d+m$/);
  assert.ok(Number.parseInt(String(timeout), 10) <= 20_000);
});

test('an answer of trailers only stays one', async () => {
  const { headers, body, trailers } = await call('TrailersOnly');
  assert.deepEqual([headers['grpc-status'], headers['grpc-message'], body], ['5', 'none', '']);
  assert.deepEqual(trailers, {});
});

const STATUSES: readonly (readonly [method: string, status: string])[] = [
  ['Refuses', '14'],
  ['Calms', '8'],
  ['Insecure', '7'],
  ['Cancels', '1'],
  ['Breaks', '13'],
  ['Html', '2'],
  ['Missing', '12'],
  ['Overloaded', '14'],
  ['NoStatus', '2'],
  ['Halfway', '8'],
];

for (const [method, status] of STATUSES) {
  test(`an upstream that ${method} gives status ${status}`, async () => {
    const called = await call(method);
    assert.equal(called.headers[':status'], 200);
    assert.equal(statusOf(called)[0], status);
  });
}

test('the deadline of a call is held by the gateway, and what waits at the upstream is given up', async () => {
  const before = open;
  const called = await call('Silent', { 'grpc-timeout': '50m' });
  assert.deepEqual(statusOf(called), ['4', 'upstream-timeout']);
  const halfway = await call('Endless', { 'grpc-timeout': '200m' });
  assert.equal(halfway.body, message('a').toString('latin1'));
  assert.equal(halfway.trailers['grpc-status'], '4');
  await until('the upstream to be free', () => open === before);
});

test('an upstream that does not answer, or not go on, is timed out', async () => {
  assert.deepEqual(statusOf(await call('Silent', {}, 'short')), ['4', 'upstream-timeout']);
  assert.equal(statusOf(await call('Endless', {}, 'short'))[0], '4');
});

for (const timeout of ['', '5', 'S', '-1S', '1.5S', '123456789S', '5s', '5S 5S']) {
  test(`a timeout of "${timeout}" is malformed`, async () => {
    assert.deepEqual(statusOf(await call('Echo', { 'grpc-timeout': timeout })), ['13', 'bad-header']);
  });
}

test('trailers say nothing in our name, and set no cookies', async () => {
  const { trailers } = await call('Forges');
  assert.deepEqual(Object.keys(trailers), ['grpc-status']);
});

for (const type of ['text/plain', 'application/grpcx', 'application/json']) {
  test(`${type} is no gRPC`, async () => {
    const { headers } = await call('Echo', { 'content-type': type });
    assert.deepEqual([headers[':status'], headers['x-ostiary-reason']], [415, 'grpc-protocol']);
  });
}

test('a query is no part of a method', async () => {
  assert.deepEqual(statusOf(await call('Echo?a=b')), ['12', 'grpc-path']);
});
