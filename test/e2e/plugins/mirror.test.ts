import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { type Received, RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, type Document, open, service, workload, yaml } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { EchoSockets, SocketClient } from '../../support/web-socket.ts';

const upstream = await RecordingUpstream.start('first');
const second = await RecordingUpstream.start('second', {
  answer: (_received, response) => {
    response.writeHead(500, { 'set-cookie': 'second=1', 'x-upstream': 'second' }).end('second');
  },
});
const sockets = await EchoSockets.start();

/** A second upstream that goes wrong; sockets are told of. */
async function wrong(what: (socket: Socket) => void): Promise<{ readonly url: string; readonly sockets: Socket[] }> {
  const all: Socket[] = [];
  const server = createServer((socket) => {
    all.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => what(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    for (const socket of all) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, sockets: all };
}

const silent = await wrong(() => {});
const dying = await wrong((socket) => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
  socket.destroySoon();
});
const endless = await wrong((socket) => {
  const chunk = 'x'.repeat(65_536);
  const more = () => {
    while (!socket.destroyed && socket.write(`10000\r\n${chunk}\r\n`));
  };
  socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
  socket.on('drain', more);
  more();
});

const EVERYTHING = { matchAny: true };
const mirroring = (mirror: object, condition: object = EVERYTHING) => ({
  plugins: [{ name: 'copy', condition, mirror: { url: second.url, ...mirror } }],
});
const copied = (name: string, mirror: object = {}, http: object = {}): Document =>
  open(name, upstream.url, {}, { ...mirroring(mirror), ...http });
const known = (name: string, mirror: object): Document =>
  service(name, {
    config: {
      upstream: { url: upstream.url },
      http: {
        ...mirroring(mirror),
        header: { authorizationMode: 'PASS' },
        auth: { custom: { header: 'X-Upstream-Key', value: { fromSecret: 'key' } } },
        identityAssertion: { headers: { user: 'X-Webauth-User' } },
      },
    },
  });

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      { kind: 'Secret', metadata: { name: 'key' }, spec: {}, data: { value: 'of-the-first-upstream' } },
      copied('whole', { maxBodySize: 1000 }),
      copied(
        'changed',
        {},
        {
          path: { addPrefix: '/v2' },
          header: { addRequestHeaders: [{ key: 'X-Team', value: 'orders' }] },
        },
      ),
      copied('none', { percent: 0 }),
      open('some', upstream.url, {}, mirroring({}, { match: 'ctx.request.http.method == "POST"' })),
      copied('gone', { url: 'http://127.0.0.1:1' }),
      copied('silent', { url: silent.url, timeout: '30s', maxRequests: 2 }),
      copied('slow', { url: silent.url, timeout: '100ms' }),
      copied('dying', { url: dying.url }),
      copied('endless', { url: endless.url, timeout: '30s' }),
      known('private', {}),
      known('open-hearted', { allowCredentialsAtTheSecondUpstream: true }),
      open('cut', silent.url, {}, mirroring({})),
      open('chat', sockets.url, {}, mirroring({})),
    ),
  },
  args: ['--drain', '200ms'],
});

const token = await gateway.token('robot');

/** What came of the copies of a Service so far, such as `{ mirrored: 2 }`. */
async function countsOf(name: string): Promise<Readonly<Record<string, number>>> {
  const { body } = await gateway.admin('/metrics');
  const line = new RegExp(
    `^ostiary_plugin_events_total\\{service="${name}",plugin="copy",event="(\\w+)"\\} (\\d+)$`,
    'gm',
  );
  return Object.fromEntries(Array.from(body.matchAll(line), ([, event = '', count]) => [event, Number(count)]));
}

async function counted(name: string, expected: Readonly<Record<string, number>>): Promise<void> {
  const wanted = JSON.stringify(expected);
  for (let i = 0; i < 500 && JSON.stringify(await countsOf(name)) !== wanted; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.deepEqual(await countsOf(name), expected);
}

const copyOf = (path: string): Promise<Received> =>
  until('the copy', () => second.received.find(({ url }) => url.startsWith(path)));

test('the second upstream gets what the first one gets, and nobody sees what it says', async () => {
  const body = 'a body';
  const answer = await gateway.ask('changed', '/orders?x=1', { method: 'PUT', body, headers: { 'x-a': 'b' } });
  assert.deepEqual([answer.status, answer.headers['x-upstream']], [200, 'first']);
  assert.equal(answer.headers['set-cookie'], undefined);
  const [original, copy] = [upstream.last, await copyOf('/v2/orders')];
  const { host, 'x-ostiary-mirror': mark, ...headers } = copy.headers;
  assert.deepEqual([host, mark, headers['x-team']], [second.url.slice('http://'.length), '1', 'orders']);
  const { host: _host, ...expected } = original.headers;
  assert.deepEqual(
    { ...copy, upstream: '', headers, rawHeaders: [] },
    { ...original, upstream: '', headers: expected, rawHeaders: [] },
  );
  await counted('changed', { mirrored: 1 });
});

test('only the requests that it is for are copied', async () => {
  await gateway.ask('none', '/nothing');
  await gateway.ask('some', '/nothing');
  await gateway.ask('some', '/posted', { method: 'POST', body: 'x' });
  await copyOf('/posted');
  assert.ok(second.received.every(({ url }) => url !== '/nothing'));
  assert.deepEqual(await countsOf('none'), {});
});

for (const [host, withSecrets] of [
  ['private', false],
  ['open-hearted', true],
] as const) {
  test(`credentials and who asks are ${withSecrets ? '' : 'not '}in the copy: ${host}`, async () => {
    const headers = { 'x-ostiary-auth': token, authorization: 'Basic dTpw', cookie: 'app=1' };
    const { status } = await gateway.ask(host, `/${host}`, { headers });
    assert.equal(status, 200);
    const [seen, copy] = [upstream.last.headers, (await copyOf(`/${host}`)).headers];
    assert.deepEqual([seen.authorization, seen['x-upstream-key']], ['Basic dTpw', 'of-the-first-upstream']);
    for (const name of ['authorization', 'cookie', 'x-upstream-key', 'x-webauth-user', 'x-ostiary-assertion']) {
      assert.ok(seen[name] !== undefined, name);
      assert.equal(copy[name], withSecrets ? seen[name] : undefined, name);
    }
    assert.ok(!JSON.stringify(copy).includes(token));
  });
}

test('a second upstream that is gone, dies, is slow or never ends changes nothing', async () => {
  for (const host of ['gone', 'dying', 'slow', 'endless']) {
    const { status, headers, body } = await gateway.ask(host, '/x', { method: 'POST', body: 'whole' });
    assert.deepEqual([status, headers['x-upstream'], JSON.parse(body).body], [200, 'first', 'whole']);
  }
  for (const host of ['gone', 'dying', 'slow']) await counted(host, { failed: 1 });
  // an answer that is too large is left there
  await counted('endless', { mirrored: 1 });
  assert.ok(await until('the endless answer to end', () => endless.sockets[0]?.destroyed));
});

/** Sends a body of a length that nobody states; gives what the first upstream got. */
async function chunked(path: string, body: string): Promise<Received> {
  const outgoing = request({
    port: gateway.port,
    path,
    method: 'POST',
    headers: { host: `whole.${DOMAIN}:${gateway.port}` },
  });
  outgoing.write(body.slice(0, 500));
  outgoing.end(body.slice(500));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return (await json(response)) as Received;
}

test('bodies beyond the limit reach the first upstream alone', async () => {
  const before = second.received.length;
  const large = 'x'.repeat(1001);
  assert.equal(JSON.parse((await gateway.ask('whole', '/', { method: 'POST', body: large })).body).body, large);
  assert.equal((await chunked('/', large)).body, large);
  await counted('whole', { dropped: 2 });
  const fits = 'y'.repeat(1000);
  await chunked('/fits', fits);
  assert.equal((await copyOf('/fits')).body, fits);
  assert.equal(second.received.length, before + 1);
});

test('a request that is cut off makes no copy', async () => {
  const before = silent.sockets.length;
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write(`POST /cut HTTP/1.1\r\nHost: cut.${DOMAIN}:${gateway.port}\r\nContent-Length: 10\r\n\r\nhalf`);
  await until('the first upstream to have a part of it', () => silent.sockets.length > before);
  socket.resetAndDestroy();
  await counted('cut', { dropped: 1 });
  assert.ok(second.received.every(({ url }) => !url.includes('cut')));
});

test('WebSockets are served and not copied', async () => {
  const client = await SocketClient.open(gateway.port, { host: `chat.${DOMAIN}` });
  client.socket.terminate();
  await counted('chat', { dropped: 1 });
});

test('a silent one gets as many copies as it may, holds nobody up, and is left when the gateway stops', async () => {
  const before = silent.sockets.length;
  const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.ask('silent')));
  assert.ok(answers.every(({ headers }) => headers['x-upstream'] === 'first'));
  await counted('silent', { dropped: 8 });
  await until('two copies', () => silent.sockets.length === before + 2);
  const entry = await gateway.logged(({ service: of }) => of === 'silent');
  assert.deepEqual([entry.reason, entry.status], [null, 200]);
  // well before the half minute that the copies have
  assert.equal(
    await Promise.race([gateway.stop(), new Promise((resolve) => setTimeout(resolve, 15_000, 'late').unref())]),
    0,
  );
});

for (const [document, message] of [
  [copied('wrong', { url: 'ftp://a' }), /scheme/],
  [copied('wrong', { percent: -1 }), /expected 0 to 100/],
  [copied('wrong', { timeout: '31s' }), /more than 30s/],
  [copied('wrong', { maxBodySize: 1024 * 1024 + 1 }), /expected 0 to 1048576/],
  [copied('wrong', { maxRequests: 0 }), /expected 1 to 256/],
  [
    service('wrong', {
      mode: 'GRPC',
      isAnonymous: true,
      config: { upstream: { url: 'grpc://127.0.0.1:1' }, http: mirroring({}) },
    }),
    /calls of gRPC are not mirrored/,
  ],
  [
    open('wrong', upstream.url, {}, { plugins: [{ ...mirroring({}).plugins[0], phase: 'PRE_AUTH' }] }),
    /for requests that are allowed/,
  ],
] as const) {
  test(`is refused with its place: ${message.source}`, async () => {
    const said = await mistakesIn(yaml(document));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
