import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Admission } from '../../../src/downstream/admission.ts';
import { startLines, until } from './line-engine.ts';
import { open, type TextClient } from './text-client.ts';

const TRUSTED = { trustedProxies: ['127.0.0.1'] };
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const HEADER = 'PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\r\n';
const HEADER_V2 = Buffer.from(
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x09\x7f\x00\x00\x01\x10\x00\x01\xbb',
  'latin1',
);

/** Sends piece by piece, each in a packet of its own as far as the system lets it. */
async function sendSlowly(client: TextClient, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    client.socket.write(piece);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a cleartext connection is served as HTTP/1.1, for any host', async () => {
  await using lines = await startLines();
  using client = await open(lines.port);
  client.socket.write('hello');
  await until(() => client.received === 'http1 127.0.0.1 hello');
  const { scheme, tls, mayAsk } = lines.served[0]!.facts;
  assert.deepEqual([scheme, tls, mayAsk('any.example')], ['http', null, true]);
});

test('the preface of HTTP/2 is for HTTP/2 where that is configured, in however many pieces', async () => {
  await using lines = await startLines({ cleartextHttp2: true });
  using client = await open(lines.port);
  await sendSlowly(client, [...PREFACE, 'frames']);
  await until(() => client.received.endsWith('frames'));
  assert.deepEqual([lines.served[0]!.protocol, lines.served[0]!.received], ['http2', `${PREFACE}frames`]);
});

test('where it is not configured, HTTP/1.1 gets to see the preface', async () => {
  await using lines = await startLines();
  using client = await open(lines.port);
  client.socket.write(PREFACE);
  await until(() => lines.served[0]?.received === PREFACE);
  assert.equal(lines.served[0]!.protocol, 'http1');
});

test('what only begins like the preface is HTTP/1.1, with all its bytes', async () => {
  await using lines = await startLines({ cleartextHttp2: true });
  const texts = ['G', 'PRI * HTTP/1.1\r\n\r\n', `${PREFACE.slice(0, -1)}x`, 'PROPFIND / HTTP/1.1\r\n\r\n'];
  for (const [i, text] of texts.entries()) {
    using client = await open(lines.port);
    await sendSlowly(client, [...text]);
    await until(() => lines.served[i]?.received === text);
    assert.equal(lines.served[i]!.protocol, 'http1');
  }
});

test('a client that ends its half at once gets its answer', async () => {
  for (const options of [{}, { cleartextHttp2: true }, TRUSTED]) {
    await using lines = await startLines(options);
    using client = await open(lines.port);
    client.socket.end('hello');
    await until(() => client.ended);
    assert.equal(client.received, 'http1 127.0.0.1 hello');
  }
});

for (const [version, header] of [
  ['1', Buffer.from(HEADER)],
  ['2', HEADER_V2],
] as const) {
  test(`a trusted peer states the client's address in version ${version}, with or without a request behind it`, async () => {
    await using lines = await startLines({ ...TRUSTED, cleartextHttp2: true });
    using together = await open(lines.port);
    together.socket.write(Buffer.concat([header, Buffer.from('hello')]));
    await until(() => together.received === 'http1 203.0.113.9 hello');
    using apart = await open(lines.port);
    await sendSlowly(
      apart,
      [...header].map((byte) => Buffer.of(byte)),
    );
    await sendSlowly(apart, [PREFACE]);
    await until(() => apart.received === `http2 203.0.113.9 ${PREFACE}`);
  });
}

test('a trusted peer may leave the header out, or speak for itself', async () => {
  await using lines = await startLines(TRUSTED);
  using plain = await open(lines.port);
  plain.socket.write('hello');
  await until(() => plain.received === 'http1 127.0.0.1 hello');
  using local = await open(lines.port);
  local.socket.write(Buffer.from('\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00hello', 'latin1'));
  await until(() => local.received === 'http1 127.0.0.1 hello');
});

test('a client that its proxy does not name has an address that nobody trusts', async () => {
  await using lines = await startLines(TRUSTED);
  using client = await open(lines.port);
  client.socket.write('PROXY UNKNOWN\r\nhello');
  await until(() => client.received === 'http1 0.0.0.0 hello');
});

test('a malformed header of a trusted peer ends the connection before anything is served', async () => {
  await using lines = await startLines(TRUSTED);
  using client = await open(lines.port);
  client.socket.write('PROXY TCP4 203.0.113.9\r\nGET / HTTP/1.1\r\n\r\n');
  await until(() => client.closed);
  assert.deepEqual([lines.served.length, lines.warnings.length], [0, 1]);
});

test('only one header is read: a second one is part of the request', async () => {
  await using lines = await startLines(TRUSTED);
  using client = await open(lines.port);
  const second = HEADER.replace('203.0.113.9', '198.51.100.1');
  client.socket.write(HEADER + second);
  await until(() => client.received === `http1 203.0.113.9 ${second}`);
});

test('others are not believed: their header is part of their request', async () => {
  await using lines = await startLines({ trustedProxies: ['203.0.113.9'] });
  using client = await open(lines.port);
  client.socket.write(HEADER);
  await until(() => client.received === `http1 127.0.0.1 ${HEADER}`);
});

test('who says nothing, or only half a header, is not waited for longer than for a head', async () => {
  await using lines = await startLines({ ...TRUSTED, limits: { headTimeout: 40 } });
  using silent = await open(lines.port);
  using half = await open(lines.port);
  half.socket.write('PROXY TCP4');
  await until(() => silent.closed && half.closed);
  assert.equal(lines.served.length, 0);
});

test('a client that ends before its protocol is known is let go', async () => {
  await using lines = await startLines({ cleartextHttp2: true });
  using client = await open(lines.port);
  client.socket.end('PRI');
  await until(() => client.closed);
  assert.equal(lines.served.length, 0);
});

test('connections above the limit are closed at once, and said once', async () => {
  await using lines = await startLines({ limits: { connections: 2 } });
  using first = await open(lines.port);
  using second = await open(lines.port);
  await until(() => lines.served.length === 2);
  for (let i = 0; i < 3; i++) {
    using third = await open(lines.port);
    await until(() => third.closed);
  }
  assert.deepEqual(lines.warnings, ['connections are refused: 2 are open']);
  first.socket.destroy();
  await until(() => lines.served[0]!.socket.closed);
  using fourth = await open(lines.port);
  fourth.socket.write('hello');
  await until(() => fourth.received !== '');
  assert.equal(second.closed, false);
});

test('listeners may share one limit', async () => {
  const admission = new Admission({ connections: 1, connectionsPerAddress: Number.POSITIVE_INFINITY });
  await using one = await startLines({ admission });
  await using other = await startLines({ admission });
  using client = await open(one.port);
  await until(() => one.served.length === 1);
  using refused = await open(other.port);
  await until(() => refused.closed);
  client.socket.destroy();
  await until(() => admission.open === 0);
});

test('the limit of an address counts the address that a proxy states, and not the proxy', async () => {
  await using lines = await startLines({ ...TRUSTED, limits: { connectionsPerAddress: 1 } });
  using first = await open(lines.port);
  first.socket.write(`${HEADER}hello`);
  await until(() => first.received !== '');
  using second = await open(lines.port);
  second.socket.write(`${HEADER}hello`);
  await until(() => second.closed);
  using another = await open(lines.port);
  another.socket.write(`${HEADER.replace('203.0.113.9', '203.0.113.8')}hello`);
  await until(() => another.received !== '');
  using own = await open(lines.port);
  using ownToo = await open(lines.port);
  own.socket.write('hello');
  ownToo.socket.write('hello');
  await until(() => own.received !== '' && ownToo.received !== '');
  first.socket.destroy();
  await until(() => lines.served[0]!.socket.closed);
  using later = await open(lines.port);
  later.socket.write(`${HEADER}hello`);
  await until(() => later.received !== '');
});

test('an IPv6 network of 64 bits counts as one address', () => {
  const admission = new Admission({ connections: 9, connectionsPerAddress: 1 });
  assert.equal(admission.enterFrom('2001:db8::1'), true);
  assert.equal(admission.enterFrom('2001:db8:0:0:ffff::2'), false);
  assert.equal(admission.enterFrom('2001:db8:0:1::1'), true);
  assert.equal(admission.enterFrom('::1'), true);
  admission.leaveFrom('2001:db8::abcd');
  assert.equal(admission.enterFrom('2001:db8::3'), true);
});

test('draining tells every connection, and those that become one later', async () => {
  await using lines = await startLines(TRUSTED);
  using served = await open(lines.port);
  served.socket.write('hello');
  using waiting = await open(lines.port);
  waiting.socket.write('PROXY ');
  await until(() => served.received !== '');
  const drained = lines.listener.drain(60_000);
  waiting.socket.write('UNKNOWN\r\nhello');
  await until(() => served.ended && waiting.ended);
  served.socket.end();
  waiting.socket.end();
  await drained;
  assert.deepEqual(
    lines.served.map((one) => one.drained),
    [true, true],
  );
});

test('connections that were made before the listener stops are served, though nobody has taken them yet', async () => {
  await using lines = await startLines();
  const sockets = Array.from({ length: 20 }, () => connect(lines.port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  assert.ok(lines.served.length < sockets.length, 'all are taken, so that nothing is shown');
  const stopped = lines.listener.stopAccepting();
  const answers = sockets.map((socket) => once(socket.setEncoding('latin1'), 'data'));
  for (const socket of sockets) socket.write('hello');
  for (const [answer] of await Promise.all(answers)) assert.equal(answer, 'http1 127.0.0.1 hello');
  await stopped;
  await assert.rejects(open(lines.port), { code: 'ECONNREFUSED' });
  for (const socket of sockets) socket.destroy();
});

test('draining ends after its time, closing at once', async () => {
  for (const end of ['drain', 'close'] as const) {
    await using lines = await startLines();
    using client = await open(lines.port);
    client.socket.write('hello');
    await until(() => client.received !== '');
    lines.served[0]!.socket.end = (() => {}) as never; // an answer that never ends
    await (end === 'drain' ? lines.listener.drain(10) : lines.listener.close());
    await until(() => client.closed);
    await assert.rejects(open(lines.port), { code: 'ECONNREFUSED' });
  }
});
