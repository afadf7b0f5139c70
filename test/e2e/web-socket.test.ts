import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type ClientHttp2Session, connect } from 'node:http2';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { ALLOW_ALL, bearer, type Document, open, policy, service, workload, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';
import { EchoSockets, refusedHandshake, SocketClient } from '../support/web-socket.ts';

const upstream = await EchoSockets.start();

const config = { upstream: { url: upstream.url } };
const resources = (...more: readonly Document[]) =>
  yaml(
    ALLOW_ALL,
    workload('robot'),
    service('chat', { config }),
    service('buffered', { config: { ...config, http: { enableRequestBuffering: true, body: { mode: 'JSON' } } } }),
    open('open', upstream.url),
    // Has cleartext listeners accept HTTP/2.
    open('both', upstream.url, {}, { listenHTTP2: true }),
    ...more,
  );
const NO_ROBOTS = policy('no-robots', {
  effect: 'DENY',
  condition: { match: 'ctx.user.metadata.name == "robot" && ctx.request.http.path == "/secret"' },
});
const denied = service('denied', { authorization: { policies: ['no-robots'] }, config });

const gateway = await GatewayProcess.start({ files: { 'all.yaml': resources(NO_ROBOTS, denied) } });
const token = await gateway.token('robot');
const hostOf = (name: string) => `${name}.${DOMAIN}`;
const visit = (name: string, path = '/') =>
  SocketClient.open(gateway.port, { host: hostOf(name), path, headers: bearer(token) });

test('messages pass both ways, text and bytes, short and long', async () => {
  const client = await visit('chat');
  const bytes = randomBytes(3_000_000);
  for (const message of ['hello', '', 'ü'.repeat(70_000), bytes, Buffer.alloc(0)]) {
    client.send(message);
    assert.deepEqual(await client.next(), message);
  }
});

test('many messages at once keep their order', async () => {
  const client = await visit('chat');
  const messages = Array.from({ length: 500 }, (_, i) => `${i} ${'x'.repeat(i * 20)}`);
  for (const message of messages) client.send(message);
  for (const message of messages) assert.equal(await client.next(), message);
});

test('the upstream gets a handshake of its own, and no proof of ours', async () => {
  const client = await SocketClient.open(gateway.port, {
    host: hostOf('chat'),
    path: '/room?x=1',
    protocols: ['other', 'chat'],
    headers: { ...bearer(token), cookie: 'theme=dark' },
  });
  const { headers, url } = upstream.handshakes.at(-1)!;
  assert.deepEqual([url, headers.cookie, headers.authorization], ['/room?x=1', 'theme=dark', undefined]);
  assert.equal(client.socket.protocol, 'chat');
  assert.match(client.socket.extensions, /permessage-deflate/);
});

test('two clients never share a key upstream', async () => {
  await visit('chat');
  await visit('chat');
  const [one, other] = upstream.handshakes.slice(-2).map(({ headers }) => headers['sec-websocket-key']);
  assert.ok(one !== undefined && one !== other);
});

test('close codes pass both ways', async () => {
  const before = upstream.closed.length;
  const left = await visit('chat');
  left.socket.close(4001, 'done');
  assert.equal((await left.ended()).code, 4001);
  await until('the code upstream', () => upstream.closed.length > before);
  assert.equal(upstream.closed.at(-1), 4001);

  const sentAway = await visit('chat');
  upstream.open.at(-1)!.close(4002, 'enough');
  assert.deepEqual(await sentAway.ended(), { code: 4002, reason: 'enough' });
});

test('a client that vanishes is gone upstream too, and the other way round', async () => {
  const client = await visit('chat');
  const other = upstream.open.at(-1)!;
  client.socket.terminate();
  await until('the end upstream', () => other.readyState === other.CLOSED);

  const second = await visit('chat');
  upstream.open.at(-1)!.terminate();
  assert.equal((await second.ended()).code, 1006);
});

test('an answer that is not 101 is relayed', async () => {
  const { status } = await refusedHandshake(gateway.port, { host: hostOf('open'), path: '/teapot' });
  assert.equal(status, 418);
});

test('strangers get 401 and never a redirect, and the upstream hears of nothing', async () => {
  const before = upstream.handshakes.length;
  const { status, headers } = await refusedHandshake(gateway.port, {
    host: hostOf('chat'),
    headers: { accept: 'text/html' },
  });
  assert.deepEqual([status, headers.location], [401, undefined]);
  assert.ok(headers['www-authenticate'] !== undefined);
  assert.equal(upstream.handshakes.length, before);
});

test('what a policy denies is 403, and the upstream hears of nothing', async () => {
  const before = upstream.handshakes.length;
  const ask = { host: hostOf('denied'), path: '/secret', headers: bearer(token) };
  assert.equal((await refusedHandshake(gateway.port, ask)).status, 403);
  assert.equal(upstream.handshakes.length, before);
});

test('a Service that buffers bodies leaves tunnels alone', async () => {
  const client = await visit('buffered');
  client.send('hello');
  assert.equal(await client.next(), 'hello');
});

test('a wrong version is answered with ours', async () => {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '8',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  };
  const answer = await gateway.ask('open', '/', { headers });
  assert.deepEqual([answer.status, answer.headers['sec-websocket-version']], [426, '13']);
});

test('a tunnel is logged once it is over, with its bytes', async () => {
  const client = await visit('chat', '/logged');
  client.send('12345');
  await client.next();
  client.socket.close(1000);
  await client.ended();
  const { status, bytesSent, bytesReceived } = await gateway.logged(({ path }) => path === '/logged');
  assert.equal(status, 101);
  assert.ok(bytesSent >= 7 && bytesReceived >= 11, `${bytesSent} ${bytesReceived}`);
});

test('the end of a session ends its WebSockets, saying so', async () => {
  const own = await gateway.token('robot', { name: 'ended' });
  const client = await SocketClient.open(gateway.port, { host: hostOf('chat'), headers: bearer(own) });
  const stays = await visit('chat');
  await gateway.command(['delete', 'credential', 'ended']);
  assert.deepEqual(await client.ended(), { code: 1008, reason: 'The session is not known, or has ended.' });
  stays.send('still here');
  assert.equal(await stays.next(), 'still here');
});

test('a policy that denies by now ends what it had allowed, and only that', async () => {
  const client = await visit('chat', '/secret');
  const stays = await visit('chat', '/other');
  const cluster = { ...ALLOW_ALL, spec: { authorization: { policies: ['allow-all', 'no-robots'] } } };
  const files = yaml(cluster, workload('robot'), service('chat', { config }), NO_ROBOTS);
  await gateway.write('all.yaml', files);
  assert.deepEqual(await client.ended(), { code: 1008, reason: 'A policy denies this request.' });
  stays.send('still here');
  assert.equal(await stays.next(), 'still here');
  await gateway.write('all.yaml', resources(NO_ROBOTS, denied));
});

/** A masked frame, as clients send it. RFC 6455 5.2 */
function frame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | payload.byteLength, 0, 0, 0, 0), payload]);
}

function http2(): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${gateway.port}`).on('error', () => {});
  after(() => session.destroy());
  return new Promise((resolve, reject) => {
    session.once('error', reject).once('remoteSettings', () => resolve(session));
  });
}

test('over HTTP/2 a WebSocket is a stream like others', async () => {
  const session = await http2();
  assert.equal(session.remoteSettings.enableConnectProtocol, true);
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':authority': `chat.${DOMAIN}:${gateway.port}`,
    ':path': '/over-http2',
    'sec-websocket-version': '13',
    ...bearer(token),
  });
  let [status, received] = [0, Buffer.alloc(0)];
  stream.on('response', (headers) => {
    status = Number(headers[':status']);
  });
  stream.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  await until('the answer', () => status > 0);
  assert.equal(status, 200);
  stream.write(frame(1, 'hello'));
  await until('the echo', () => received.byteLength >= 7);
  assert.deepEqual(received, Buffer.concat([Buffer.of(0x81, 5), Buffer.from('hello')]));
  assert.equal(upstream.handshakes.at(-1)!.url, '/over-http2');
  stream.end(frame(8, ''));
});

/** The last one: it ends the gateway. */
test('a gateway that stops tells its WebSockets to go elsewhere', async () => {
  const client = await visit('chat');
  const stopped = gateway.stop('SIGTERM');
  assert.equal((await client.ended()).code, 1001);
  assert.equal(await stopped, 0);
});
