import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { type Body, BufferedBody } from '../../../../src/gateway/body.ts';
import type { Exchange } from '../../../../src/gateway/exchange.ts';
import { type Response, refuse } from '../../../../src/gateway/outcome.ts';
import { get, send, startRecorder, statusesOf, statusOf, text, until } from '../../../security/support.ts';
import { answerOf, ManualBody, streamed } from '../../../support/manual-body.ts';

/** As the kernel marks an answer that may go on for as long as its sender likes. */
function openStream(x: Exchange, body: Body): Response {
  x.isOpenStream = true;
  return answerOf(body);
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

test('bytes in both directions are counted', async () => {
  await using recorder = await startRecorder();
  await send(
    recorder.port,
    'POST / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
  );
  assert.equal(recorder.bodies[0], 'hello');
  assert.equal(recorder.settled[0]?.bytesReceived, 5);
  assert.equal(recorder.settled[0]?.bytesSent, 2);
});

test('a request without a body has none; an empty one neither', async () => {
  await using recorder = await startRecorder();
  await get(recorder.port, '/');
  await get(recorder.port, '/', ['Host: a.example', 'Content-Length: 0']);
  assert.deepEqual(
    recorder.settled.map(({ body }) => body),
    [null, null],
  );
});

test('a known length is stated, an unknown one is chunked, and closes HTTP/1.0', async () => {
  await using known = await startRecorder({ answer: () => text(200, 'abc') });
  await using unknown = await startRecorder({ answer: () => answerOf(streamed('abc', '', 'defg')) });
  assert.match(await get(known.port, '/'), /content-length: 3\r\n[\s\S]*\r\n\r\nabc$/);
  assert.match(
    await get(unknown.port, '/'),
    /transfer-encoding: chunked\r\n[\s\S]*\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n$/,
  );
  const old = await send(unknown.port, 'GET / HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n');
  assert.doesNotMatch(old, /chunked/i);
  assert.match(old, /connection: close\r\n\r\nabcdefg$/);
});

for (const size of [16 * 1024, 16 * 1024 + 1, 300_000]) {
  test(`a body of ${size} bytes arrives whole, fixed and chunked`, async () => {
    const body = 'abcdefgh'.repeat(size / 8 + 1).slice(0, size);
    await using recorder = await startRecorder({
      answer: (x) => (x.request.path === '/fixed' ? text(200, body) : answerOf(streamed(body))),
    });
    const fixed = await get(recorder.port, '/fixed');
    assert.equal(fixed.slice(fixed.indexOf('\r\n\r\n') + 4) === body, true);
    const chunked = await get(recorder.port, '/chunked');
    const expected = `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    assert.equal(chunked.slice(chunked.indexOf('\r\n\r\n') + 4) === expected, true);
  });
}

test('every answer is dated, once', async () => {
  await using recorder = await startRecorder({
    answer: (x) => text(200, '', x.request.path === '/own' ? [['date', 'Thu, 01 Jan 1970 00:00:00 GMT']] : []),
  });
  assert.match(await get(recorder.port, '/'), /\r\ndate: \w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT\r\n/);
  assert.deepEqual((await get(recorder.port, '/own')).match(/^date: .*$/gim), ['date: Thu, 01 Jan 1970 00:00:00 GMT']);
});

const BODYLESS: readonly (readonly [method: string, status: number, length: string | null])[] = [
  ['HEAD', 200, '42'],
  ['GET', 304, '42'],
  ['GET', 204, null],
];

for (const [method, status, length] of BODYLESS) {
  test(`${method} ${status} has no body, and states the length ${length}`, async () => {
    const body = new ManualBody();
    await using recorder = await startRecorder({ answer: () => answerOf(body, status, [['content-length', '42']]) });
    const request = `${method} / HTTP/1.1\r\nHost: a.example\r\n`;
    const answer = await send(recorder.port, `${request}\r\n${request}Connection: close\r\n\r\n`);
    assert.deepEqual(statusesOf(answer), [status, status]);
    assert.equal(/content-length: (\d+)/.exec(answer)?.[1] ?? null, length);
    assert.doesNotMatch(answer, /chunked/);
    assert.match(answer, /\r\n\r\n$/);
    assert.equal(body.destroyed, true);
    assert.equal(body.sink, null);
  });
}

test('hop-by-hop fields and stated framing of an answer are not sent', async () => {
  const fields = [
    ['content-length', '99'],
    ['transfer-encoding', 'gzip'],
    ['connection', 'upgrade'],
    ['upgrade', 'h2c'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ] as const;
  await using recorder = await startRecorder({ answer: () => text(200, 'abc', fields) });
  const answer = await get(recorder.port, '/');
  assert.doesNotMatch(answer, /99|gzip|upgrade/i);
  assert.match(answer, /set-cookie: a=1\r\nset-cookie: b=2\r\n/);
});

test('an answer with a status that is no final one is refused', async () => {
  for (const status of [100, 101, 103, 199]) {
    await using recorder = await startRecorder({ answer: () => text(status, 'x') });
    assert.deepEqual(statusesOf(await get(recorder.port, '/')), [500], String(status));
    assert.equal(recorder.settled[0]?.refusal?.reason, 'internal-error');
  }
});

test('the head goes out before the first byte of a silent stream', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: (x) => openStream(x, body) });
  await send(recorder.port, REQUEST, (received) => received.includes('\r\n\r\n'));
  await until(() => recorder.settled.length === 1);
  assert.equal(body.destroyed, true);
  assert.equal(recorder.settled[0]?.aborted, true);
});

test('every event of a stream passes at once', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: (x) => openStream(x, body) });
  let received = '';
  const client = connect(recorder.port, '127.0.0.1', () => client.write(REQUEST));
  client.on('data', (chunk) => {
    received += chunk;
  });
  await until(() => body.sink !== null);
  for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
    body.write(event);
    await until(() => received.endsWith(`9\r\n${event}\r\n`));
  }
  client.destroy();
  await until(() => recorder.settled.length === 1);
});

test('a slow reader holds the body back, and lets it go on', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: () => answerOf(body) });
  const client = connect(recorder.port, '127.0.0.1', () => client.write(REQUEST));
  client.on('error', () => {}).pause();
  await until(() => body.sink !== null);
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  while (body.sink!.write(chunk)) written++;
  assert.ok(written < 1024, 'the writer never held back');
  assert.equal(body.resumed, 0);
  client.resume();
  await until(() => body.resumed > 0);
  body.end();
  await until(() => recorder.settled.length === 1);
  assert.equal(recorder.settled[0]?.aborted, false);
  client.destroy();
});

test('a chunk whose write gave true is free to be used again', async () => {
  const chunk = Buffer.alloc(40_000);
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: () => answerOf(body) });
  let received = '';
  const client = connect(recorder.port, '127.0.0.1', () => client.write(REQUEST));
  client.on('data', (data) => {
    received += data.toString('latin1');
  });
  await until(() => body.sink !== null);
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  for (const letter of letters) {
    const { resumed } = body;
    if (!body.sink!.write(chunk.fill(letter))) await until(() => body.resumed > resumed);
  }
  chunk.fill('!');
  body.end();
  await until(() => received.endsWith('0\r\n\r\n'));
  for (const letter of letters) assert.ok(received.includes(`9c40\r\n${letter.repeat(40_000)}\r\n`), letter);
  client.destroy();
});

test('a body that is shorter or longer than its head says is cut off', async () => {
  for (const bytes of ['four', 'more than ten']) {
    const body = new ManualBody(10);
    await using recorder = await startRecorder({ answer: () => answerOf(body) });
    const answer = send(recorder.port, REQUEST);
    await until(() => body.sink !== null);
    body.write(bytes);
    body.end();
    assert.doesNotMatch(await answer, /\r\n\r\n.{10}/);
    assert.equal(recorder.settled[0]?.aborted, true);
  }
});

test('interim answers are passed on at once, before the answer only, and not to HTTP/1.0', async () => {
  const hint = HeaderList.from([
    ['link', '</a.css>; rel=preload'],
    ['connection', 'x'],
  ]);
  await using recorder = await startRecorder({
    answer: (x) => {
      const { sendInterim } = x;
      sendInterim?.(103, hint);
      sendInterim?.(103, HeaderList.from([['link', 'a\r\nb: c']]));
      setImmediate(() => sendInterim?.(103, hint));
      return answerOf(streamed('abc'));
    },
  });
  const answer = await get(recorder.port, '/');
  assert.deepEqual(statusesOf(answer), [103, 200]);
  assert.ok(answer.startsWith('HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n'));
  assert.deepEqual(statusesOf(await send(recorder.port, 'GET / HTTP/1.0\r\nHost: a.example\r\n\r\n')), [200]);
});

test('a stream that is terminated never looks complete', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({
    answer: (x) => openStream(x, body),
  });
  const answer = send(recorder.port, REQUEST);
  await until(() => body.sink !== null);
  body.write('event');
  recorder.open[0]!.terminate!(refuse('session-unknown'));
  recorder.open[0]!.terminate?.(refuse('session-unknown'));
  assert.doesNotMatch(await answer, /0\r\n\r\n$/);
  assert.equal(body.destroyed, true);
  assert.equal(recorder.settled.length, 1);
  assert.equal(recorder.settled[0]?.terminate, null);
});

test('a refused HEAD has no body', async () => {
  await using recorder = await startRecorder();
  const answer = await send(recorder.port, 'HEAD /..;/ HTTP/1.1\r\nHost: a.example\r\n\r\n');
  assert.equal(statusOf(answer), 400);
  assert.match(answer, /content-length: [1-9]\d+\r\nconnection: close\r\n\r\n$/);
});

test('requests are refused while there is no room for them', async () => {
  await using recorder = await startRecorder({ isOverloaded: () => true });
  const answer = await send(recorder.port, REQUEST + REQUEST);
  assert.deepEqual(statusesOf(answer), [503]);
  assert.match(answer, /"reason":"overloaded"/);
  assert.deepEqual(recorder.heads, []);
});

test('a body in memory is sent as it is, whatever its bytes', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await using recorder = await startRecorder({ answer: () => answerOf(new BufferedBody(bytes)) });
  const answer = await get(recorder.port, '/');
  assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), bytes.toString('latin1'));
});
