import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDemoCertificates } from '../../../../src/dev/demo-certificates.ts';
import { UpstreamFailure } from '../../../../src/upstream/failures.ts';
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

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GIVEN_UP = new UpstreamFailure('bad-request', 'the client went away');

test('the connection that was used last is used first', async () => {
  await using server = await serve((socket) => setTimeout(() => socket.write(OK), 5));
  const transport = transportTo(server.port);
  const both = [new Recorded(), new Recorded()];
  for (const attempt of both) transport.send(attempt);
  await Promise.all(both.map((attempt) => attempt.ended));
  assert.equal(transport.connections, 2);
  for (let i = 0; i < 3; i++) assert.equal(await ask(transport), '200 ok');
  const requests = server.received.map((bytes) => bytes.split('GET ').length - 1);
  assert.deepEqual(requests.sort(), [1, 4]);
  await transport.close();
});

test('a connection that nobody needs is closed', async () => {
  await using server = await answering(OK);
  const transport = transportTo(server.port, { limits: { keepAlive: 30 } });
  assert.equal(await ask(transport), '200 ok');
  assert.equal(transport.connections, 1);
  await until(() => transport.connections === 0);
});

for (const [value, kept] of [
  ['timeout=1', false],
  ['timeout=0, max=5', false],
  ['max=100, timeout=9', true],
  ['timeout=x', true],
] as const) {
  test(`Keep-Alive: ${value} is honoured`, async () => {
    await using server = await answering(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\nContent-Length: 2\r\n\r\nok`);
    const transport = transportTo(server.port);
    const attempt = await sendOn(transport);
    assert.equal(attempt.response?.headers.has('keep-alive'), false);
    await turns(2);
    assert.equal(transport.connections, kept ? 1 : 0);
    await transport.close();
  });
}

for (const tls of [undefined, createDemoCertificates(['a.example'])]) {
  test(`bytes on an idle connection end it (R11, ${tls === undefined ? 'cleartext' : 'TLS'})`, async () => {
    await using server = await answering(OK, tls);
    const transport = transportTo(server.port, tls && { url: 'https://a.example', ca: tls.ca });
    assert.equal(await ask(transport), '200 ok');
    server.sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    await until(() => transport.connections === 0);
    assert.equal(await ask(transport), '200 ok');
    assert.equal(server.sockets.length, 2);
    await transport.close();
  });
}

test('a second answer in a record of its own never answers the next request (TLS)', async () => {
  const tls = createDemoCertificates(['a.example']);
  await using server = await serve((socket) => {
    socket.cork();
    socket.write(OK);
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    socket.uncork();
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
  }, tls);
  const transport = transportTo(server.port, { url: 'https://a.example', ca: tls.ca });
  const next = new Recorded();
  const first = new Recorded();
  first.over = () => transport.send(next);
  transport.send(first);
  assert.equal(await outcomeOf(next), '200 ok');
  assert.equal(server.sockets.length, 2);
  await transport.close();
});

test('an idle connection that the server closes is forgotten', async () => {
  await using server = await answering(OK);
  const transport = transportTo(server.port);
  for (const ending of ['end', 'destroy', 'resetAndDestroy'] as const) {
    assert.equal(await ask(transport), '200 ok');
    server.sockets.at(-1)?.[ending]();
    await until(() => transport.connections === 0);
  }
});

for (const ending of ['end', 'destroy', 'resetAndDestroy'] as const) {
  test(`a kept connection that ends without a byte (${ending}) is stale, a new one is not`, async () => {
    await using server = await serve((socket, request) => {
      if (request === 0 && server.sockets.length === 1) socket.write(OK);
      else socket[ending]();
    });
    const transport = transportTo(server.port);
    assert.equal(await ask(transport), '200 ok');
    const stale = await sendOn(transport);
    assert.equal(stale.failure?.staleConnection, true);
    assert.equal(stale.failure?.reason, 'upstream-unreachable');
    assert.equal(stale.sent, true);
    const fresh = await sendOn(transport);
    assert.equal(fresh.failure?.staleConnection, false);
    assert.equal(fresh.sent, true);
    assert.equal(transport.connections, 0);
  });
}

test('a kept connection that ends after a byte of the answer is not stale', async () => {
  await using kept = await serve((socket, request) => (request === 0 ? socket.write(OK) : socket.end('H')));
  const transport = transportTo(kept.port);
  assert.equal(await ask(transport), '200 ok');
  const attempt = await sendOn(transport);
  assert.equal(attempt.failure?.staleConnection, false);
});

for (const [status, body] of [
  ['413 Too Large', 'no'],
  ['200 OK', 'ok'],
] as const) {
  test(`an early ${status} ends the upload and the connection, and is passed on (R10)`, async () => {
    await using server = await answering(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\n${body}`);
    const transport = transportTo(server.port);
    const upload = new PushedBody(1000);
    const attempt = new Recorded({ method: 'POST', body: upload });
    transport.send(attempt);
    const sink = await upload.piped;
    assert.match(await outcomeOf(attempt), new RegExp(`${body}$`));
    assert.equal(upload.destroyed, true);
    assert.equal(transport.connections, 0);
    assert.equal(sink.write(Buffer.from('late')), true, 'thrown away');
    sink.end(null);
  });
}

test('an upstream may answer while it reads', async () => {
  await using server = await serve((socket, request) => {
    if (request === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab');
    else socket.write('cd');
  });
  const transport = transportTo(server.port);
  const upload = new PushedBody(null);
  const attempt = new Recorded({ method: 'POST', body: upload });
  transport.send(attempt);
  const sink = await upload.piped;
  await attempt.settled;
  assert.equal(upload.destroyed, false);
  const outcome = outcomeOf(attempt);
  sink.write(Buffer.from('more'));
  sink.end(null);
  assert.equal(await outcome, '200 abcd');
  assert.ok(server.received[0]?.endsWith('4\r\nmore\r\n0\r\n\r\n'));
  await until(() => transport.connections === 0);
});

test('attempts beyond the connections wait in line, beyond that line they are refused', async () => {
  await using server = await serve(() => {});
  const transport = transportTo(server.port, { limits: { connections: 1, pending: 2 } });
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() => new Recorded()) as [
    Recorded,
    Recorded,
    Recorded,
    Recorded,
  ];
  for (const attempt of [first, second, third, fourth]) transport.send(attempt);
  assert.deepEqual([transport.connections, transport.pending], [1, 2]);
  assert.equal(fourth.failure?.reason, 'upstream-busy');
  assert.equal(fourth.sent, false);
  second.cancel?.(GIVEN_UP);
  assert.deepEqual([second.failure, second.sent, transport.pending], [GIVEN_UP, false, 1]);
  await until(() => server.received[0] !== undefined && server.received[0] !== '');
  server.sockets[0]?.write(OK);
  assert.equal(await outcomeOf(first), '200 ok');
  await until(() => server.received[0]?.split('GET ').length === 3);
  server.sockets[0]?.write(OK);
  assert.equal(await outcomeOf(third), '200 ok');
  assert.equal(server.sockets.length, 1);
  await transport.close();
});

test('a connection that fails makes room for whoever waits', async () => {
  await using server = await serve((socket, _request, connection) =>
    connection === 0 ? socket.destroy() : socket.write(OK),
  );
  const transport = transportTo(server.port, { limits: { connections: 1 } });
  const attempts = [new Recorded(), new Recorded()] as const;
  for (const attempt of attempts) transport.send(attempt);
  assert.match(await outcomeOf(attempts[0]), /^upstream-unreachable/);
  assert.equal(await outcomeOf(attempts[1]), '200 ok');
  await transport.close();
});

test('nobody waits for a connection longer than connecting may take', async () => {
  await using server = await serve(() => {});
  const transport = transportTo(server.port, { limits: { connections: 1 }, timeouts: { connect: 40 } });
  const attempts = [new Recorded(), new Recorded()] as const;
  for (const attempt of attempts) transport.send(attempt);
  assert.match(await outcomeOf(attempts[1]), /^upstream-busy/);
  assert.equal(transport.pending, 0);
  attempts[0].cancel?.(GIVEN_UP);
});

test('whoever gives up takes the connection along, in every state', async () => {
  await using server = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
  await using silent = await serve(() => {});
  const dialling = new Recorded();
  const transport = transportTo(silent.port);
  transport.send(dialling);
  dialling.cancel?.(GIVEN_UP);
  assert.deepEqual([dialling.failure, dialling.sent, dialling.cancel], [GIVEN_UP, false, null]);
  const waiting = new Recorded();
  transport.send(waiting);
  await until(() => silent.received.some((bytes) => bytes !== ''));
  waiting.cancel?.(GIVEN_UP);
  assert.deepEqual([waiting.failure, waiting.sent, waiting.cancel], [GIVEN_UP, true, null]);
  const answered = await sendOn(transportTo(server.port));
  const outcome = outcomeOf(answered);
  answered.cancel?.(GIVEN_UP);
  assert.equal(await outcome, '200 cut off');
  assert.deepEqual(answered.told, ['answered', 'over']);
  assert.equal(transport.connections, 0);
});

test('an address that is not found, or not in time, is a failure before anything was sent', async () => {
  const { createHttp1Transport } = await import('../../../../src/upstream/http1/transport.ts');
  const { systemClock } = await import('../../../../src/base/clock.ts');
  const { Sweeper } = await import('../../../../src/base/sweeper.ts');
  const missing = Object.assign(new Error('getaddrinfo ENOTFOUND a.example'), { code: 'ENOTFOUND' });
  const found = Promise.withResolvers<{ host: string; port: number }>();
  const addresses = [Promise.reject(missing), found.promise];
  const transport = createHttp1Transport({
    origin: new URL('http://a.example'),
    address: () => addresses.shift()!,
    proxy: null,
    tls: {},
    secureContext: () => assert.fail('no TLS'),
    timeouts: { connect: 1000, firstByte: 1000, idle: 1000, total: 1000 },
    limits: { connections: 1, pending: 1, keepAlive: 1000, headBytes: 1000, headerFields: 10 },
    clock: systemClock,
    sweeper: new Sweeper(10),
  });
  assert.match(await ask(transport), /^upstream-unreachable: .*ENOTFOUND/);
  const attempt = new Recorded();
  transport.send(attempt);
  attempt.cancel?.(GIVEN_UP);
  found.resolve({ host: '127.0.0.1', port: 1 });
  await turns(2);
  assert.deepEqual(attempt.told, ['failed']);
  assert.equal(transport.connections, 0);
});

test('closing ends idle connections, lets others finish, and a late request closes its own', async () => {
  await using server = await serve((socket, _request, connection) => {
    if (connection !== 1) socket.write(OK);
  });
  const transport = transportTo(server.port);
  assert.equal(await ask(transport), '200 ok');
  const slow = new Recorded();
  const other = new Recorded();
  transport.send(other);
  transport.send(slow);
  await until(() => server.received[1] !== undefined && server.received[1] !== '' && other.whole === true);
  let closed = false;
  const closing = transport.close().then(() => {
    closed = true;
  });
  assert.equal(await ask(transport), '200 ok');
  assert.match(server.received[2] as string, /\r\nconnection: close\r\n/);
  assert.equal(closed, false);
  server.sockets[1]?.write(OK);
  assert.equal(await outcomeOf(slow), '200 ok');
  await closing;
  assert.equal(transport.connections, 0);
});
