import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { refuse } from '../../../../src/gateway/outcome.ts';
import { type RecorderOptions, send, startRecorder, statusesOf, text, until } from '../../../security/support.ts';
import { answerOf, Collector, ManualBody } from '../../../support/manual-body.ts';

/** The example of RFC 6455 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

function handshake(changes: Readonly<Record<string, string | null>> = {}, line = 'GET /chat?room=1 HTTP/1.1'): string {
  const fields = {
    Host: 'a.example',
    Upgrade: 'websocket',
    Connection: 'keep-alive, Upgrade',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': KEY,
    ...changes,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return [line, ...lines, '', ''].join('\r\n');
}

interface Tunnelled {
  readonly fromServer: ManualBody;
  readonly fromClient: Collector;
  readonly recorder: Awaited<ReturnType<typeof startRecorder>>;
  readonly client: Socket;
  received: string;
  ended: boolean;
}

async function openTunnel(options: RecorderOptions = {}, behind = ''): Promise<Tunnelled & AsyncDisposable> {
  const fromServer = new ManualBody();
  const fromClient = new Collector();
  const recorder = await startRecorder({
    answer: (x) => {
      x.body!.pipe(fromClient);
      assert.equal(fromClient.text, '', 'bytes flowed before the tunnel was open');
      const headers = HeaderList.from([
        ['sec-websocket-protocol', 'chat'],
        ['sec-websocket-accept', 'theirs'],
        ['content-length', '9'],
      ]);
      return { status: 101, headers, body: fromServer };
    },
    ...options,
  });
  const client = connect({ port: recorder.port, host: '127.0.0.1', allowHalfOpen: true });
  const state = {
    fromServer,
    fromClient,
    recorder,
    client,
    received: '',
    ended: false,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await recorder[Symbol.asyncDispose]();
    },
  };
  client.setEncoding('latin1').on('data', (data) => {
    state.received += data;
  });
  client
    .on('error', () => {})
    .on('end', () => {
      state.ended = true;
    });
  client.write(handshake() + behind, 'latin1');
  await until(() => state.received.includes('\r\n\r\n') || client.destroyed);
  return state;
}

test('a handshake is answered for its own key, and its own fields go no further', async () => {
  await using tunnel = await openTunnel();
  const [line, ...fields] = tunnel.received.split('\r\n');
  assert.equal(line, 'HTTP/1.1 101 Switching Protocols');
  assert.deepEqual(
    fields.filter((field) => field !== ''),
    ['sec-websocket-protocol: chat', 'upgrade: websocket', 'connection: upgrade', `sec-websocket-accept: ${ACCEPT}`],
  );
  const head = tunnel.recorder.heads[0]!;
  assert.deepEqual([head.upgrade, head.method, head.path, head.query], ['websocket', 'GET', '/chat', 'room=1']);
  assert.deepEqual([...head.headers], []);
});

test('bytes pass both ways, those behind the handshake too, and halves end one by one', async () => {
  await using tunnel = await openTunnel({}, 'first');
  const { fromServer, fromClient, client, recorder } = tunnel;
  await until(() => fromClient.text === 'first');
  const head = tunnel.received.length;
  fromServer.write('from the server');
  client.write('-second');
  await until(() => fromClient.text === 'first-second' && tunnel.received.slice(head) === 'from the server');
  client.end();
  await until(() => fromClient.ended === 'complete');
  fromServer.write(', still');
  fromServer.end();
  await until(() => tunnel.ended && recorder.settled.length === 1);
  assert.equal(tunnel.received.slice(head), 'from the server, still');
  const [x] = recorder.settled;
  assert.deepEqual([x?.aborted, x?.bytesReceived, x?.bytesSent], [false, 12, 22]);
});

test('a client that goes away cuts the tunnel off', async () => {
  await using tunnel = await openTunnel();
  tunnel.client.resetAndDestroy();
  await until(() => tunnel.recorder.settled.length === 1);
  assert.ok(tunnel.fromClient.ended instanceof Error);
  assert.equal(tunnel.fromServer.destroyed, true);
  assert.equal(tunnel.recorder.settled[0]?.aborted, true);
});

test('a server that goes away cuts the tunnel off', async () => {
  await using tunnel = await openTunnel();
  tunnel.fromServer.sink!.fail(new Error('gone'));
  await until(() => tunnel.client.closed && tunnel.recorder.settled.length === 1);
  assert.equal(tunnel.recorder.settled[0]?.aborted, true);
});

test('a slow reader of a tunnel holds the server back', async () => {
  await using tunnel = await openTunnel();
  tunnel.client.pause();
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  while (tunnel.fromServer.sink!.write(chunk)) written++;
  assert.ok(written < 1024);
  tunnel.client.resume();
  await until(() => tunnel.fromServer.resumed > 0);
});

test('a terminated tunnel ends with a Close frame that says why', async () => {
  await using tunnel = await openTunnel();
  const head = tunnel.received.length;
  tunnel.recorder.open[0]!.terminate!(refuse('session-unknown'));
  await until(() => tunnel.ended);
  const frame = Buffer.from(tunnel.received.slice(head), 'latin1');
  assert.deepEqual([frame[0], frame.readUInt16BE(2)], [0x88, 1008]);
  tunnel.client.write('late');
  tunnel.client.end();
  await until(() => tunnel.recorder.settled.length === 1);
  assert.equal(tunnel.fromServer.destroyed, true);
  assert.equal(tunnel.fromClient.text, '');
});

test('draining closes tunnels at once', async () => {
  await using tunnel = await openTunnel();
  const head = tunnel.received.length;
  const drained = tunnel.recorder.listener.drain(60_000);
  await until(() => tunnel.ended);
  assert.equal(Buffer.from(tunnel.received.slice(head), 'latin1').readUInt16BE(2), 1001);
  tunnel.client.end();
  await drained;
});

test('a tunnel in which nothing moves is closed', async () => {
  await using tunnel = await openTunnel({ limits: { tunnelIdle: 50 } });
  await until(() => tunnel.recorder.settled.length === 1);
  assert.equal(tunnel.recorder.settled[0]?.aborted, true);
});

test('any other answer to a handshake is an ordinary one, and the last', async () => {
  for (const status of [200, 401, 404, 503]) {
    await using recorder = await startRecorder({ answer: () => text(status, 'no tunnel') });
    const answer = await send(recorder.port, `${handshake()}\x81\x00${handshake()}`);
    assert.deepEqual(statusesOf(answer), [status]);
    assert.match(answer, /connection: close\r\n\r\nno tunnel$/);
    assert.equal(recorder.heads.length, 1);
  }
});

test('a 101 that nobody asked for is not sent', async () => {
  await using recorder = await startRecorder({ answer: () => answerOf(new ManualBody(), 101) });
  const answer = await send(recorder.port, 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  assert.deepEqual(statusesOf(answer), [500]);
});

const REFUSED: readonly (readonly [name: string, request: string, status: number])[] = [
  ['no key', handshake({ 'Sec-WebSocket-Key': null }), 400],
  ['a short key', handshake({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ' }), 400],
  ['no version', handshake({ 'Sec-WebSocket-Version': null }), 400],
  ['another version', handshake({ 'Sec-WebSocket-Version': '8' }), 426],
  ['another method', handshake({}, 'POST / HTTP/1.1'), 501],
  ['HTTP/1.0', handshake({}, 'GET / HTTP/1.0'), 501],
  ['a body', handshake({ 'Content-Length': '3' }), 501],
  ['chunks', handshake({ 'Transfer-Encoding': 'chunked' }), 501],
];

for (const [name, request, status] of REFUSED) {
  test(`a handshake with ${name} is refused with ${status}`, async () => {
    await using recorder = await startRecorder();
    const answer = await send(recorder.port, request);
    assert.deepEqual(statusesOf(answer), [status]);
    assert.equal(answer.includes('\r\nsec-websocket-version: 13\r\n'), status === 426);
    assert.deepEqual(recorder.heads, []);
  });
}

test('a handshake that Connection does not nominate is an ordinary request', async () => {
  await using recorder = await startRecorder();
  assert.deepEqual(statusesOf(await send(recorder.port, handshake({ Connection: 'close' }))), [200]);
  assert.equal(recorder.heads[0]?.upgrade, null);
});
