import assert from 'node:assert/strict';
import { constants, createSecureServer } from 'node:http2';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { Body, BodySink } from '../../../../src/gateway/body.ts';
import { UpstreamFailure } from '../../../../src/upstream/failures.ts';
import { Http2NotAgreed, Http2Reset } from '../../../../src/upstream/http2/failures.ts';
import { TestAuthority } from '../../../support/certificates.ts';
import { until } from '../../../support/until.ts';
import { Asking, ask, http2Upstream, portOf, readAll, textOf, transportTo } from './support.ts';

test('a refused stream was not processed; other resets may have been', async () => {
  await using upstream = await http2Upstream((stream, headers) => stream.close(Number(headers['x-code'])));
  const transport = transportTo(upstream.port);
  const asked = (code: number) => ask(transport, { headers: ['x-code', String(code)] });
  const refused = await asked(constants.NGHTTP2_REFUSED_STREAM);
  assert.deepEqual([refused.failure?.reason, refused.sent], ['upstream-busy', false]);
  const broken = await asked(constants.NGHTTP2_INTERNAL_ERROR);
  assert.deepEqual([broken.failure?.reason, broken.sent], ['upstream-invalid', true]);
  assert.ok(broken.failure instanceof Http2Reset);
  assert.equal(broken.failure.http2Code, constants.NGHTTP2_INTERNAL_ERROR);
  assert.equal(transport.connections, 1);
  await transport.close();
});

test('GOAWAY: what is under way ends, what comes next gets another connection', async () => {
  const held: (() => void)[] = [];
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 200 });
    held.push(() => stream.end('done'));
  });
  const transport = transportTo(upstream.port);
  const first = await ask(transport);
  const [session] = upstream.sessions;
  session!.goaway();
  await new Promise((resolve) => session!.ping(resolve));
  const second = await ask(transport);
  assert.equal(upstream.sessions.size, 2);
  for (const end of held) end();
  assert.deepEqual([await textOf(first), await textOf(second)], ['done', 'done']);
  await until('the old connection to go', () => transport.connections === 1);
  await transport.close();
});

test('a connection that is lost fails its own requests, and the next one gets another', async () => {
  await using upstream = await http2Upstream((stream, headers) => {
    if (headers[':path'] === '/cut') {
      upstream.cut();
      return;
    }
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  const transport = transportTo(upstream.port);
  assert.equal(await textOf(await ask(transport)), 'ok');
  const cut = await ask(transport, { path: '/cut' });
  assert.deepEqual([cut.failure?.reason, cut.sent, cut.failure?.staleConnection], ['upstream-unreachable', true, true]);
  assert.equal(await textOf(await ask(transport)), 'ok');
  await transport.close();
});

test('an upstream that does not answer is timed out, and a connection on which nothing came is left', async () => {
  await using upstream = await http2Upstream(() => {});
  const transport = transportTo(upstream.port, { timeouts: { firstByte: 50 } });
  const asking = await ask(transport);
  assert.deepEqual([asking.failure?.reason, asking.sent], ['upstream-timeout', true]);
  await until('the connection to go', () => transport.connections === 0);
});

test('an answer that stops in its midst is timed out, but not because its reader is slow', async () => {
  await using upstream = await http2Upstream((stream, headers) => {
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/stops') stream.write('part');
    else stream.end(Buffer.alloc(200_000));
  });
  const transport = transportTo(upstream.port, { timeouts: { idle: 60 } });
  const stops = await ask(transport, { path: '/stops' });
  await assert.rejects(readAll(stops.response!.body!), { reason: 'upstream-timeout' });
  assert.equal(await stops.ended.promise, false);
  const slow = await ask(transport);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await readAll(slow.response!.body!)).bytes.length, 200_000);
  await transport.close();
});

test('giving up resets the stream with CANCEL, before and behind the head', async () => {
  const codes: number[] = [];
  await using upstream = await http2Upstream((stream, headers) => {
    stream.on('close', () => codes.push(stream.rstCode));
    if (headers[':path'] !== '/head') return;
    stream.respond({ ':status': 200 });
    stream.write('part');
  });
  const transport = transportTo(upstream.port);
  const because = new UpstreamFailure('bad-request', 'the client went away');
  const early = new Asking({});
  transport.send(early);
  await until('the request', () => upstream.sessions.size === 1);
  early.cancel!(because);
  await early.settled.promise;
  assert.equal(early.failure, because);
  const late = await ask(transport, { path: '/head' });
  late.response!.body!.destroy();
  assert.equal(await late.ended.promise, false);
  await until('the upstream to hear of it', () => codes.includes(constants.NGHTTP2_CANCEL));
  assert.equal(late.cancel, null);
  await transport.close();
});

test('a request body that is cut off resets the stream, and the request never looks complete', async () => {
  const ends: string[] = [];
  await using upstream = await http2Upstream((stream) => {
    stream.resume();
    stream.on('end', () => ends.push('end')).on('aborted', () => ends.push('aborted'));
  });
  const transport = transportTo(upstream.port);
  const { body, sink } = held();
  const asking = new Asking({ method: 'POST', body });
  transport.send(asking);
  const to = await sink;
  to.write(Buffer.from('part'));
  to.fail(new Error('gone'));
  await asking.settled.promise;
  assert.deepEqual([asking.failure?.reason, asking.sent], ['bad-request', true]);
  await until('the upstream to hear of it', () => ends.length > 0);
  assert.equal(ends[0], 'aborted');
  await transport.close();
});

test('an answer that comes before the end of the request stops the request', async () => {
  await using upstream = await http2Upstream((stream) => {
    stream.respond({ ':status': 413 });
    stream.end('too large');
  });
  const transport = transportTo(upstream.port);
  const { body, sink } = held();
  const asking = await ask(transport, { method: 'POST', body });
  const to = await sink;
  assert.equal(asking.response!.status, 413);
  assert.equal(await textOf(asking), 'too large');
  assert.equal(await asking.ended.promise, true);
  assert.equal(to.write(Buffer.alloc(100_000)), true);
  await transport.close();
});

test('a value that would be two fields is not sent', async () => {
  await using upstream = await http2Upstream((stream) => stream.respond({ ':status': 200 }, { endStream: true }));
  const transport = transportTo(upstream.port);
  for (const value of ['a\r\nb: c', 'a\0b', 'ü€']) {
    const asking = await ask(transport, { headers: ['x-a', value] });
    assert.deepEqual([asking.failure?.reason, asking.sent], ['internal-error', false]);
  }
  await transport.close();
});

test('a peer that speaks no HTTP/2 is unreachable, and nothing was sent', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const asking = await ask(transportTo(portOf(server)));
  assert.deepEqual([asking.failure?.reason, asking.sent], ['upstream-unreachable', false]);
  server.close();
});

test('a peer that says nothing is given up after the time for connecting', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const asking = await ask(transportTo(portOf(server), { timeouts: { connect: 50 } }));
  assert.equal(asking.sent, false);
  assert.equal(asking.failure?.reason, 'upstream-timeout');
  server.close();
});

test('an upstream that is not there is unreachable for all who wait', async () => {
  const transport = transportTo(1);
  const all = await Promise.all([ask(transport), ask(transport), ask(transport)]);
  assert.deepEqual(
    new Set(all.map(({ failure, sent }) => `${failure?.reason} ${sent}`)),
    new Set(['upstream-unreachable false']),
  );
  assert.deepEqual([transport.pending, transport.connections], [0, 0]);
});

const authority = new TestAuthority();
const pair = authority.server({ ip: ['127.0.0.1'] });

test('over TLS, HTTP/2 is agreed on by ALPN, and the certificate is checked', async () => {
  const server = createSecureServer(pair, (_request, response) => response.end('over tls'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = transportTo(portOf(server), { scheme: 'https', trustedCAs: [authority.ca] });
  assert.equal(await textOf(await ask(transport)), 'over tls');
  const distrusting = transportTo(portOf(server), { scheme: 'https', trustedCAs: [new TestAuthority('Other').ca] });
  assert.equal((await ask(distrusting)).failure?.reason, 'upstream-unreachable');
  await transport.close();
  server.close();
});

test('a TLS peer without HTTP/2 is told apart, so that HTTP/1.1 may be tried', async () => {
  for (const ALPNProtocols of [['http/1.1'], undefined]) {
    const server = createTlsServer({ ...pair, ...(ALPNProtocols && { ALPNProtocols }) });
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const asking = await ask(transportTo(portOf(server), { scheme: 'https', trustedCAs: [authority.ca] }));
    assert.ok(asking.failure instanceof Http2NotAgreed, String(asking.failure));
    assert.equal(asking.sent, false);
    server.close();
  }
});

/** A body that waits for its test. */
function held(): { body: Body; sink: Promise<BodySink> } {
  const given = Promise.withResolvers<BodySink>();
  const body = { length: null, pipe: (sink: BodySink) => given.resolve(sink), resume() {}, destroy() {} };
  return { body, sink: given.promise };
}
