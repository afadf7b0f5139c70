import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { TestAuthority } from '../support/certificates.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { service, yaml } from '../support/resources.ts';

/** HTTP/1.1 and HTTP/2 on either side: whoever asks and whoever answers, the messages are the same. */

type Fields = Readonly<Record<string, string | string[] | undefined>>;

const ZIPPED = gzipSync('hello '.repeat(1000));

/** What the upstream answers, by path. */
const ANSWERS: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse, body: Buffer) => void>> = {
  '/echo': ({ method, url, httpVersion, headers }, response, body) => {
    const seen = { method, url, httpVersion, multi: headers['x-multi'], encoding: headers['content-encoding'] };
    response.setHeader('x-seen', JSON.stringify(seen));
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.writeHead(201, { 'content-type': 'text/plain' }).end(body);
  },
  '/zipped': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(ZIPPED),
  '/nothing': (_request, response) => response.writeHead(204).end(),
  '/unchanged': (_request, response) => response.writeHead(304, { etag: '"a"' }).end(),
  '/moved': (_request, response) => response.writeHead(302, { location: 'http://elsewhere.example/echo' }).end(),
  '/hints': (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('after');
  },
  '/trailers': (_request, response) => {
    response.write('body');
    response.addTrailers({ 'x-trailer': 'dropped' });
    response.end();
  },
};

async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  ANSWERS[incoming.url!.split('?')[0]!]!(incoming, response, Buffer.concat(chunks));
}

const authority = new TestAuthority();
const pair = authority.server({ dns: ['localhost'] });
const listener = (incoming: unknown, response: unknown) =>
  void serve(incoming as IncomingMessage, response as ServerResponse);

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function withSessions<S extends Server>(server: S): S {
  return server.on('session', (session) => after(() => session.on('error', () => {}).destroy()));
}

const UPSTREAMS = {
  'HTTP/1.1': { url: `http://localhost:${await listening(createServer(listener))}`, version: '1.1' },
  'HTTP/1.1 over TLS, where HTTP/2 was asked for': {
    url: `https://localhost:${await listening(createTlsServer(pair, listener))}`,
    version: '1.1',
  },
  'HTTP/2 over TLS': {
    url: `https://localhost:${await listening(withSessions(createSecureServer(pair, listener)))}`,
    version: '2.0',
  },
  'HTTP/2 by prior knowledge': {
    url: `h2c://localhost:${await listening(withSessions(createHttp2Server(listener)))}`,
    version: '2.0',
  },
} as const;

const services = Object.values(UPSTREAMS).map(({ url }, i) =>
  service(`up${i}`, {
    isAnonymous: true,
    config: {
      upstream: { url },
      http: { listenHTTP2: true, ...(url.startsWith('https') && { isUpstreamHTTP2: true }) },
      ...(url.startsWith('https') && { tls: { trustedCAs: [authority.ca] } }),
    },
  }),
);
const gateway = await GatewayProcess.start({ files: { 'all.yaml': yaml(...services) } });
const session = connect(`http://127.0.0.1:${gateway.port}`).on('error', () => {});
after(() => session.destroy());

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Fields;
  readonly body?: Buffer;
}

interface Answered {
  readonly status: number;
  readonly headers: Fields;
  readonly body: Buffer;
  readonly trailers: Fields;
  readonly hints: readonly (string | string[] | undefined)[];
}

function overHttp1(host: string, { method = 'GET', path, headers = {}, body }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const hints: Answered['hints'][number][] = [];
    const fields = { host: `${host}.${DOMAIN}`, ...headers } as Record<string, string | string[]>;
    const target = { host: '127.0.0.1', port: gateway.port, path, method, headers: fields, agent: false };
    const outgoing = request(target, async (incoming) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const { statusCode: status = 0, trailers } = incoming;
      resolve({ status, headers: incoming.headers, body: Buffer.concat(chunks), trailers, hints });
    });
    outgoing.on('information', (info) => hints.push(info.headers.link));
    outgoing.on('error', reject).end(body);
  });
}

function overHttp2(host: string, { method = 'GET', path, headers = {}, body }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const head = { ':method': method, ':path': path, ':authority': `${host}.${DOMAIN}`, ...headers };
    const stream = session.request(head, { endStream: body === undefined });
    let [status, answered, trailers]: [number, Fields, Fields] = [0, {}, {}];
    const hints: Answered['hints'][number][] = [];
    const chunks: Buffer[] = [];
    stream.on('headers', (fields) => hints.push(fields.link));
    stream.on('response', (fields) => {
      status = fields[':status'] ?? 0;
      answered = fields as Fields;
    });
    stream.on('trailers', (fields) => {
      trailers = fields as Fields;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve({ status, headers: answered, body: Buffer.concat(chunks), trailers, hints }));
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
  });
}

const CLIENTS = { 'HTTP/1.1': overHttp1, 'HTTP/2': overHttp2 } as const;
const LARGE = Buffer.alloc(300_000, 'abcdefg');

for (const [client, ask] of Object.entries(CLIENTS)) {
  for (const [i, [upstream, { version }]] of Object.entries(UPSTREAMS).entries()) {
    const host = `up${i}`;

    test(`from ${client} to ${upstream}: a request arrives as it was sent, and its answer too`, async () => {
      for (const length of [{}, { 'content-length': String(LARGE.length) }]) {
        const headers = { 'x-multi': ['one', 'two'], 'content-encoding': 'x-own', ...length };
        const answered = await ask(host, { method: 'PUT', path: '/echo?a=b%20c&a=', headers, body: LARGE });
        assert.equal(answered.status, 201);
        assert.deepEqual(JSON.parse(String(answered.headers['x-seen'])), {
          method: 'PUT',
          url: '/echo?a=b%20c&a=',
          httpVersion: version,
          multi: 'one, two',
          encoding: 'x-own',
        });
        assert.deepEqual(answered.headers['set-cookie'], ['a=1', 'b=2']);
        assert.ok(answered.body.equals(LARGE));
      }
    });

    test(`from ${client} to ${upstream}: answers keep their form`, async () => {
      const zipped = await ask(host, { path: '/zipped', headers: { 'accept-encoding': 'gzip' } });
      assert.equal(zipped.headers['content-encoding'], 'gzip');
      assert.ok(zipped.body.equals(ZIPPED), 'nothing is unpacked on the way');
      const head = await ask(host, { method: 'HEAD', path: '/zipped' });
      assert.deepEqual([head.status, head.body.length], [200, 0]);
      for (const [path, status] of [
        ['/nothing', 204],
        ['/unchanged', 304],
      ] as const) {
        const answered = await ask(host, { path });
        assert.deepEqual([answered.status, answered.body.length], [status, 0]);
      }
      const moved = await ask(host, { path: '/moved' });
      assert.deepEqual([moved.status, moved.headers.location], [302, 'http://elsewhere.example/echo']);
    });

    test(`from ${client} to ${upstream}: interim answers pass, trailers do not`, async () => {
      const hinted = await ask(host, { path: '/hints' });
      assert.deepEqual(hinted.hints, ['</style.css>; rel=preload']);
      assert.equal(hinted.body.toString(), 'after');
      const { trailers, body } = await ask(host, { path: '/trailers' });
      assert.deepEqual([Object.keys(trailers), body.toString()], [[], 'body']);
    });
  }
}
