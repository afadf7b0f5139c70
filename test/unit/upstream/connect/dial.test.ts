import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { createDemoCertificates } from '../../../../src/dev/demo-certificates.ts';
import { Dial, type Dialled, type Dialling } from '../../../../src/upstream/connect/dial.ts';
import type { OutboundProxy } from '../../../../src/upstream/connect/outbound-proxy.ts';
import { UpstreamFailure } from '../../../../src/upstream/failures.ts';
import { webSocketAccept } from '../../../../src/wire/web-socket/handshake.ts';
import {
  answering,
  ask,
  Collected,
  PushedBody,
  type RawServer,
  Recorded,
  serve,
  transportTo,
  turns,
  until,
} from '../http1/support.ts';

const certificates = createDemoCertificates(['a.example']);
const proxyCertificates = createDemoCertificates(['localhost']);
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

function proxyAt(port: number, change: Partial<OutboundProxy> = {}): OutboundProxy {
  return { host: '127.0.0.1', port, secure: false, authorization: 'Basic c2VjcmV0', secureContext: null, ...change };
}

/** A forward proxy that leads every tunnel to `port`, over TLS with `tls`. */
function tunnelling(port: number, tls?: { cert: string; key: string }): Promise<RawServer> {
  const tunnels = new Set<Socket>();
  return serve((socket, request) => {
    if (request > 0 || tunnels.has(socket)) return;
    tunnels.add(socket);
    socket.removeAllListeners('data');
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  }, tls);
}

function dialled(change: Partial<Dialling>): Promise<Dialled | UpstreamFailure> {
  return new Promise((resolve) => {
    new Dial(
      {
        origin: new URL('https://a.example'),
        secure: true,
        address: { host: '127.0.0.1', port: 1 },
        proxy: null,
        tunnel: false,
        tls: {},
        secureContext: () => createSecureContext({ ca: certificates.ca }),
        protocols: ['http/1.1'],
        timeout: 5000,
        onread: null,
        ...change,
      },
      { connected: resolve, failed: resolve },
    );
  });
}

async function failureOf(change: Partial<Dialling>): Promise<string> {
  const result = await dialled(change);
  if (result instanceof UpstreamFailure) return `${result.reason}: ${result.message}`;
  result.socket.destroy();
  return 'connected';
}

test('requests to an http upstream are sent to the proxy in absolute form, with its credential', async () => {
  await using server = await answering(OK);
  const transport = transportTo(1, { url: 'http://internal.example:8080', proxy: proxyAt(server.port) });
  const attempt = new Recorded({ path: '/a', query: 'b' });
  transport.send(attempt);
  await attempt.ended;
  assert.equal(
    server.received[0],
    'GET http://internal.example:8080/a?b HTTP/1.1\r\nhost: internal.example:8080\r\nproxy-authorization: Basic c2VjcmV0\r\n\r\n',
  );
  assert.equal(attempt.x.upstreamAddress, `127.0.0.1:${server.port}`);
  assert.equal(await ask(transport), '200 ok');
  assert.equal(server.sockets.length, 1, 'kept');
  await transport.close();
});

test('an https upstream is reached through a tunnel, and checked by its own name', async () => {
  await using server = await answering(OK, certificates);
  await using proxy = await tunnelling(server.port);
  const transport = transportTo(1, { url: 'https://a.example', ca: certificates.ca, proxy: proxyAt(proxy.port) });
  assert.equal(await ask(transport), '200 ok');
  await turns(2);
  assert.equal(await ask(transport), '200 ok');
  assert.equal(proxy.sockets.length, 1, 'kept');
  assert.equal(
    proxy.received[0],
    'CONNECT a.example:443 HTTP/1.1\r\nhost: a.example:443\r\nproxy-authorization: Basic c2VjcmV0\r\n\r\n',
  );
  assert.ok(server.received[0]?.startsWith('GET / HTTP/1.1\r\nhost: a.example\r\n'));
  assert.ok(!server.received[0]?.includes('proxy-authorization'));
  server.sockets[0]?.destroy();
  await until(() => transport.connections === 0);
  const other = transportTo(1, { url: 'https://b.example', ca: certificates.ca, proxy: proxyAt(proxy.port) });
  assert.match(await ask(other), /^upstream-unreachable: .*b\.example/);
});

test('the connection to the proxy may be encrypted, and the proxy proves its name', async () => {
  await using server = await answering(OK, certificates);
  await using proxy = await tunnelling(server.port, proxyCertificates);
  const secureContext = createSecureContext({ ca: proxyCertificates.ca });
  const through = (change: Partial<OutboundProxy>) =>
    transportTo(1, {
      url: 'https://a.example',
      ca: certificates.ca,
      proxy: proxyAt(proxy.port, { host: 'localhost', secure: true, secureContext, ...change }),
    });
  const transport = through({});
  assert.equal(await ask(transport), '200 ok');
  await transport.close();
  assert.match(await ask(through({ secureContext: null })), /^upstream-unreachable/, 'an authority that nobody knows');
  assert.match(await ask(through({ host: '127.0.0.2' })), /^upstream-unreachable/, 'another name');
});

const REFUSALS: readonly (readonly [answer: string, message: RegExp])[] = [
  ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', /answered 407/],
  ['HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\n\r\n', /answered 302/],
  ['HTTP/1.1 101 Switching Protocols\r\n\r\n', /answered 101/],
  ['HTTP/1.1 200 OK\r\n\r\nbytes', /sent more than its answer/],
  ['SSH-2.0-OpenSSH\r\n', /invalid answer/],
  [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, /invalid answer/],
];

for (const [answer, message] of REFUSALS) {
  test(`a proxy that answers ${JSON.stringify(answer.slice(0, 40))} gives no tunnel`, async () => {
    await using server = await answering(answer);
    const outcome = await failureOf({ proxy: proxyAt(server.port) });
    assert.match(outcome, /^upstream-unreachable/);
    assert.match(outcome, message);
  });
}

test('a proxy that says nothing, or hangs up, gives no tunnel', async () => {
  await using silent = await serve(() => {});
  assert.match(await failureOf({ proxy: proxyAt(silent.port), timeout: 40 }), /^upstream-timeout/);
  await using gone = await serve((socket) => socket.end());
  assert.match(await failureOf({ proxy: proxyAt(gone.port) }), /^upstream-unreachable: .*closed the connection/);
});

test('TLS says which protocol was agreed on', async () => {
  await using server = await answering(OK, certificates);
  const result = await dialled({ address: { host: '127.0.0.1', port: server.port }, protocols: ['h2', 'http/1.1'] });
  assert.ok(!(result instanceof UpstreamFailure));
  assert.equal(result.protocol, null);
  result.socket.destroy();
});

test('a dial that is given up is told so once', async () => {
  await using server = await serve(() => {});
  const told: string[] = [];
  const handler = {
    connected: () => void told.push('connected'),
    failed: (f: UpstreamFailure) => void told.push(f.message),
  };
  const dial = new Dial(
    {
      origin: new URL('https://a.example'),
      secure: true,
      address: { host: '127.0.0.1', port: server.port },
      proxy: null,
      tunnel: false,
      tls: {},
      secureContext: () => createSecureContext(),
      protocols: [],
      timeout: 5000,
      onread: null,
    },
    handler,
  );
  dial.cancel(new UpstreamFailure('bad-request', 'gone'));
  dial.cancel(new UpstreamFailure('bad-request', 'again'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(told, ['gone']);
});

test('a key that cannot be used fails the connection, and nothing else', async () => {
  const outcome = await failureOf({
    secureContext: () => {
      throw new Error('bad key');
    },
  });
  assert.equal(outcome, 'upstream-unreachable: bad key');
});

test('a WebSocket to an http upstream behind a proxy gets a tunnel of its own', async () => {
  await using server = await serve((socket, request, connection) => {
    const key = /sec-websocket-key: (.*)\r\n/.exec(server.received[connection] as string)?.[1];
    if (request > 0 || key === undefined) return;
    const accept = webSocketAccept(key);
    socket.write(
      `HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\nhi`,
    );
  });
  await using proxy = await tunnelling(server.port);
  const transport = transportTo(1, { url: 'http://a.example', proxy: proxyAt(proxy.port) });
  const body = new PushedBody(null);
  const attempt = new Recorded({ upgrade: 'websocket', body });
  transport.send(attempt);
  const sink = await body.piped;
  const toClient = new Collected();
  attempt.response!.body!.pipe(toClient);
  await until(() => toClient.text === 'hi');
  assert.ok(server.received[0]?.startsWith('GET / HTTP/1.1\r\nhost: a.example\r\n'));
  assert.ok(proxy.received[0]?.startsWith('CONNECT a.example:80 HTTP/1.1\r\n'));
  sink.end(null);
  server.sockets[0]?.end();
  await attempt.ended;
  assert.equal(attempt.whole, true);
  assert.equal(transport.connections, 0);
});
