import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { webSocketAccept } from '../../../../src/wire/web-socket/handshake.ts';
import {
  ask,
  Collected,
  outcomeOf,
  PushedBody,
  type RawServer,
  Recorded,
  sendOn,
  serve,
  transportTo,
  until,
} from './support.ts';

const OFFER = HeaderList.from([
  ['sec-websocket-key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ['sec-websocket-version', '8'],
  ['sec-websocket-protocol', 'chat, superchat'],
  ['sec-websocket-extensions', 'permessage-deflate; client_max_window_bits'],
]);

function keyIn(received: string): string {
  return /sec-websocket-key: (.*)\r\n/.exec(received)?.[1] ?? '';
}

/** A server that answers the handshake with `lines`, in which `ACCEPT` stands for the right value. */
function switching(lines: readonly string[], behind = ''): Promise<RawServer> {
  const server = serve(async (socket, request) => {
    if (request > 0) return;
    const accept = webSocketAccept(keyIn((await server).received[0] as string));
    socket.write(`${lines.join('\r\n').replaceAll('ACCEPT', accept)}\r\n\r\n${behind}`);
  });
  return server;
}

const VALID = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: WebSocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: ACCEPT',
];

function handshake(body = new PushedBody(null)): Recorded {
  return new Recorded({ upgrade: 'websocket', headers: OFFER.clone(), body });
}

test('the handshake is our own, and bytes pass both ways until both sides have ended', async () => {
  await using server = await switching(
    [
      ...VALID,
      'Sec-WebSocket-Protocol: chat',
      'Sec-WebSocket-Extensions: permessage-deflate',
      'X-Passed: 1',
      'X-Ostiary-No: 1',
    ],
    'early',
  );
  const transport = transportTo(server.port);
  const fromClient = new PushedBody(null);
  const attempt = handshake(fromClient);
  transport.send(attempt);
  await attempt.settled;
  const key = keyIn(server.received[0] as string);
  assert.notEqual(key, 'AAAAAAAAAAAAAAAAAAAAAA==');
  assert.equal(
    server.received[0],
    [
      'GET / HTTP/1.1',
      'host: a.example',
      'connection: upgrade',
      'upgrade: websocket',
      `sec-websocket-key: ${key}`,
      'sec-websocket-version: 13',
      'sec-websocket-protocol: chat, superchat',
      'sec-websocket-extensions: permessage-deflate; client_max_window_bits',
      '',
      '',
    ].join('\r\n'),
  );
  const { status, headers, body } = attempt.response!;
  assert.equal(status, 101);
  assert.deepEqual(headers.flat, [
    'sec-websocket-protocol',
    'chat',
    'sec-websocket-extensions',
    'permessage-deflate',
    'x-passed',
    '1',
  ]);
  assert.equal(body?.length, null);
  const sink = await fromClient.piped;
  const toClient = new Collected();
  body!.pipe(toClient);
  server.sockets[0]?.write(' and late');
  await until(() => toClient.text === 'early and late');
  sink.write(Buffer.from('hello'));
  sink.end(null);
  await until(() => server.received[0]?.endsWith('\r\n\r\nhello') === true);
  assert.deepEqual(attempt.told, ['answered']);
  server.sockets[0]?.end(' bye');
  await toClient.done;
  assert.deepEqual([toClient.text, toClient.failure], ['early and late bye', null]);
  assert.deepEqual(attempt.told, ['answered', 'over']);
  assert.equal(attempt.whole, true);
  assert.equal(transport.connections, 0);
});

test('a server that ends first still hears the client', async () => {
  await using server = await switching(VALID);
  const transport = transportTo(server.port);
  const fromClient = new PushedBody(null);
  const attempt = handshake(fromClient);
  transport.send(attempt);
  const sink = await fromClient.piped;
  const toClient = new Collected();
  attempt.response!.body!.pipe(toClient);
  server.sockets[0]?.end();
  await toClient.done;
  sink.write(Buffer.from('still here'));
  await until(() => server.received[0]?.endsWith('still here') === true);
  assert.deepEqual(attempt.told, ['answered']);
  sink.end(null);
  await attempt.ended;
  assert.equal(attempt.whole, true);
});

test('a tunnel that breaks on one side is cut off on the other', async () => {
  await using server = await switching(VALID);
  const transport = transportTo(server.port);
  for (const breaks of ['server', 'client', 'reader', 'cancel'] as const) {
    await using other = await switching(VALID);
    const fromClient = new PushedBody(null);
    const attempt = handshake(fromClient);
    const own = transportTo(other.port);
    own.send(attempt);
    const sink = await fromClient.piped;
    const toClient = new Collected();
    attempt.response!.body!.pipe(toClient);
    if (breaks === 'server') other.sockets[0]?.resetAndDestroy();
    if (breaks === 'client') sink.fail(new Error('reset'));
    if (breaks === 'reader') attempt.response!.body!.destroy();
    if (breaks === 'cancel') attempt.cancel?.(Object.assign(new Error('x')) as never);
    await attempt.ended;
    assert.equal(attempt.whole, false, breaks);
    assert.equal(fromClient.destroyed, breaks !== 'client', breaks);
    if (breaks !== 'reader') assert.ok(toClient.failure !== null, breaks);
    assert.equal(own.connections, 0);
  }
  await transport.close();
});

const REFUSED: readonly (readonly [name: string, lines: readonly string[]])[] = [
  ['no Accept', VALID.slice(0, 3)],
  ['a wrong Accept', [...VALID.slice(0, 3), 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=']],
  ['two Accepts', [...VALID, 'Sec-WebSocket-Accept: ACCEPT']],
  ['no Upgrade', [VALID[0]!, VALID[2]!, VALID[3]!]],
  ['another Upgrade', [VALID[0]!, 'Upgrade: h2c', VALID[2]!, VALID[3]!]],
  ['two Upgrades', [...VALID, 'Upgrade: h2c']],
  ['no Connection', [VALID[0]!, VALID[1]!, VALID[3]!]],
  ['HTTP/1.0', ['HTTP/1.0 101 Switching Protocols', ...VALID.slice(1)]],
  ['a subprotocol that was not offered', [...VALID, 'Sec-WebSocket-Protocol: other']],
  ['two subprotocols', [...VALID, 'Sec-WebSocket-Protocol: chat', 'Sec-WebSocket-Protocol: superchat']],
  ['an extension that was not offered', [...VALID, 'Sec-WebSocket-Extensions: x-evil']],
  ['a length', [...VALID, 'Content-Length: 5']],
];

for (const [name, lines] of REFUSED) {
  test(`a 101 with ${name} opens nothing (R49)`, async () => {
    await using server = await switching(lines);
    const transport = transportTo(server.port);
    const attempt = handshake();
    transport.send(attempt);
    await attempt.settled;
    assert.equal(attempt.failure?.reason, 'upstream-invalid');
    assert.deepEqual(attempt.told, ['failed']);
    assert.equal(transport.connections, 0);
  });
}

test('a 101 that was not asked for is upstream-invalid (R50)', async () => {
  await using server = await serve((socket) => socket.write(`${VALID.join('\r\n')}\r\n\r\n`));
  const attempt = await sendOn(transportTo(server.port));
  assert.equal(attempt.failure?.reason, 'upstream-invalid');
});

test('any other answer is an ordinary one, and the connection is not used again', async () => {
  await using server = await serve((socket) =>
    socket.write('HTTP/1.1 403 Forbidden\r\nSec-WebSocket-Version: 13\r\nContent-Length: 2\r\n\r\nno'),
  );
  const transport = transportTo(server.port);
  const fromClient = new PushedBody(null);
  const attempt = handshake(fromClient);
  transport.send(attempt);
  assert.equal(await outcomeOf(attempt), '403 no');
  assert.equal(attempt.response?.headers.get('sec-websocket-version'), '13');
  assert.equal(transport.connections, 0);
  assert.equal(await ask(transport), '403 no');
  assert.equal(server.sockets.length, 2);
  await transport.close();
});
