import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { BufferedBody, RequestBodyError } from '../../../../src/gateway/body.ts';
import {
  answering,
  ask,
  outcomeOf,
  PushedBody,
  Recorded,
  sendOn,
  serve,
  transportTo,
  turns,
  until,
} from './support.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

test('a request is written from its parts', async () => {
  await using server = await answering(OK);
  const transport = transportTo(server.port);
  const headers = HeaderList.from([
    ['host', 'evil.example'],
    ['connection', 'close'],
    ['te', 'trailers'],
    ['expect', '100-continue'],
    ['content-length', '7'],
    ['transfer-encoding', 'chunked'],
    ['upgrade', 'h2c'],
    ['sec-websocket-version', '12'],
    ['cookie', 'a=1'],
    ['cookie', 'b=2'],
  ]);
  assert.equal(await ask(transport, { path: '/a', query: 'b=c', headers }), '200');
  assert.equal(
    server.received[0],
    'GET /a?b=c HTTP/1.1\r\nhost: a.example\r\nsec-websocket-version: 12\r\ncookie: a=1\r\ncookie: b=2\r\n\r\n',
  );
  await transport.close();
});

for (const method of ['POST', 'PUT', 'PATCH']) {
  test(`${method} without a body says so`, async () => {
    await using server = await answering(OK);
    const transport = transportTo(server.port);
    await ask(transport, { method });
    assert.match(server.received[0] as string, /\r\ncontent-length: 0\r\n\r\n$/);
    await transport.close();
  });
}

const UNWRITABLE: readonly (readonly [string, Parameters<typeof exchangePart>[0]])[] = [
  ['a line break in a value', { field: ['x', 'a\r\nx-evil: 1'] }],
  ['a NUL in a value', { field: ['x', 'a\0'] }],
  ['a character that is no octet', { field: ['x', 'Ā'] }],
  ['a line break in a name', { field: ['x\r\ny', '1'] }],
  ['a colon in a name', { field: ['x:', '1'] }],
  ['a blank in the path', { path: '/a b' }],
  ['a line break in the query', { query: 'a\r\nx: 1' }],
  ['a blank in the method', { method: 'GET /' }],
];

function exchangePart(part: { field?: [string, string]; path?: string; query?: string; method?: string }) {
  const { field, ...rest } = part;
  return field === undefined ? rest : { ...rest, headers: HeaderList.from([field]) };
}

for (const [name, part] of UNWRITABLE) {
  test(`${name} is never written (R8)`, async () => {
    await using server = await answering(OK);
    const transport = transportTo(server.port);
    const attempt = await sendOn(transport, exchangePart(part));
    assert.equal(attempt.failure?.reason, 'internal-error');
    assert.equal(attempt.sent, false);
    assert.equal(await ask(transport), '200');
    assert.equal(server.received.join(''), 'GET / HTTP/1.1\r\nhost: a.example\r\n\r\n');
    await transport.close();
  });
}

test('a small body goes out in one piece with its head', async () => {
  const pieces: string[] = [];
  await using server = await serve((socket) => socket.write(OK));
  const transport = transportTo(server.port);
  const attempt = new Recorded({ method: 'POST', body: new BufferedBody('hello') });
  transport.send(attempt);
  await until(() => server.sockets.length === 1);
  server.sockets[0]!.on('data', (chunk) => pieces.push(chunk.toString()));
  await attempt.settled;
  assert.equal(server.received[0], 'POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 5\r\n\r\nhello');
  assert.equal(pieces.length, 1);
  await transport.close();
});

test('a large body in memory arrives whole', async () => {
  const bytes = Buffer.alloc(3_000_000, 'abcdefg');
  await using server = await serve((socket, _request, connection) => {
    const look = (): void => {
      if ((server.received[connection] as string).length > bytes.length) socket.write(OK);
    };
    socket.on('data', look);
  });
  const transport = transportTo(server.port);
  assert.equal(await ask(transport, { method: 'PUT', body: new BufferedBody(bytes) }), '200');
  assert.ok(server.received[0]?.endsWith(`content-length: 3000000\r\n\r\n${bytes}`));
  assert.equal(transport.connections, 1, 'kept');
  await transport.close();
});

test('a body of unknown length is sent in chunks, and its connection is kept', async () => {
  await using server = await serve((socket, request) => {
    if (request === 1) socket.write(OK);
  });
  const transport = transportTo(server.port);
  const body = new PushedBody(null);
  const attempt = new Recorded({ method: 'POST', body });
  transport.send(attempt);
  const sink = await body.piped;
  sink.write(Buffer.from('hello'));
  sink.write(Buffer.alloc(0));
  sink.write(Buffer.alloc(20_000, 'x'));
  sink.end(HeaderList.from([['x-trailer', 'dropped']]));
  assert.equal(await outcomeOf(attempt), '200');
  assert.equal(
    server.received[0],
    `POST / HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n4e20\r\n${'x'.repeat(20_000)}\r\n0\r\n\r\n`,
  );
  await turns(1);
  assert.equal(transport.connections, 1);
  await transport.close();
});

test('a body that is announced as empty completes the request only when it has ended (R9)', async () => {
  await using server = await serve((socket) => socket.write(OK));
  const transport = transportTo(server.port);
  const cutOff = new PushedBody(0);
  const lost = new Recorded({ method: 'POST', body: cutOff });
  transport.send(lost);
  (await cutOff.piped).fail(new Error('there was more'));
  assert.equal(await outcomeOf(lost), 'bad-request: the request body was cut off: there was more');
  assert.equal(server.received.join(''), '');
  const ended = new PushedBody(0);
  const whole = new Recorded({ method: 'POST', body: ended });
  transport.send(whole);
  (await ended.piped).end(null);
  assert.equal(await outcomeOf(whole), '200');
  assert.equal(server.received.join(''), 'POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\n\r\n');
  await transport.close();
});

test('a body that is cut off never completes the request (R9), for the reason that its reader gives', async () => {
  await using server = await serve(() => {});
  const transport = transportTo(server.port);
  for (const [error, reason] of [
    [new Error('gone'), 'bad-request'],
    [new RequestBodyError('body-too-slow', 'slow'), 'body-too-slow'],
  ] as const) {
    const body = new PushedBody(null);
    const attempt = new Recorded({ method: 'POST', body });
    transport.send(attempt);
    const sink = await body.piped;
    sink.write(Buffer.from('half'));
    sink.fail(error);
    await attempt.settled;
    assert.equal(attempt.failure?.reason, reason);
    assert.deepEqual(attempt.told, ['failed']);
  }
  assert.equal(transport.connections, 0);
  await turns(5);
  for (const received of server.received) assert.ok(!received.includes('0\r\n\r\n'));
});

for (const [name, length, pushed] of [
  ['shorter', 10, 'four'],
  ['longer', 2, 'four'],
] as const) {
  test(`a body that is ${name} than announced ends the request and its connection`, async () => {
    await using server = await serve(() => {});
    const transport = transportTo(server.port);
    const body = new PushedBody(length);
    const attempt = new Recorded({ method: 'POST', body });
    transport.send(attempt);
    const sink = await body.piped;
    sink.write(Buffer.from(pushed));
    sink.end(null);
    await attempt.settled;
    assert.ok(attempt.failure !== null);
    assert.equal(transport.connections, 0);
    if (name === 'longer') assert.equal(body.destroyed, true);
  });
}

test('an upstream that stops reading is given up on, a client that is slow is not', async () => {
  await using server = await serve((socket) => socket.pause());
  const transport = transportTo(server.port, { timeouts: { idle: 40, firstByte: 40 } });
  const slow = new PushedBody(null);
  const waiting = new Recorded({ method: 'POST', body: slow });
  transport.send(waiting);
  await slow.piped;
  const stuck = new PushedBody(null);
  const attempt = new Recorded({ method: 'POST', body: stuck });
  transport.send(attempt);
  const sink = await stuck.piped;
  const chunk = Buffer.alloc(1 << 20);
  for (let more = true; more; ) {
    const before = stuck.resumed;
    more = sink.write(chunk);
    for (let i = 0; i < 20 && !more; i++) {
      await turns(1);
      more = stuck.resumed > before;
    }
  }
  await attempt.settled;
  assert.equal(attempt.failure?.reason, 'upstream-timeout');
  assert.match(attempt.failure?.message ?? '', /stopped reading/);
  assert.equal(stuck.destroyed, true);
  assert.deepEqual(waiting.told, []);
  waiting.cancel?.(attempt.failure!);
  assert.deepEqual(waiting.told, ['failed']);
});
