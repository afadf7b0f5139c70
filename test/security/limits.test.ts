import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { get, send, startRecorder, statusesOf, statusOf, text, until } from './support.ts';

/** R64-R66: every limit is finite and has its own status. */

test('a long target is 414', async () => {
  await using recorder = await startRecorder();
  assert.equal(statusOf(await get(recorder.port, `/${'a'.repeat(16 * 1024)}`)), 414);
  assert.equal(statusOf(await get(recorder.port, `/${'a'.repeat(60 * 1024)}`)), 414);
  assert.equal(statusOf(await get(recorder.port, `/${'a'.repeat(16 * 1024 - 1)}`)), 200);
});

test('too large and too many header fields are 431 (CVE-2018-12121)', async () => {
  await using recorder = await startRecorder();
  assert.equal(statusOf(await get(recorder.port, '/', ['Host: a.example', `X: ${'a'.repeat(40 * 1024)}`])), 431);
  const fields = Array.from({ length: 100 }, (_, i) => `X-${i}: 1`);
  assert.equal(statusOf(await get(recorder.port, '/', ['Host: a.example', ...fields])), 431);
  assert.equal(statusOf(await get(recorder.port, '/', ['Host: a.example', ...fields.slice(2)])), 200);
  assert.deepEqual(
    recorder.unparsed.map(({ status }) => status),
    [431, 431],
  );
});

test('a head that does not arrive is 408 (CVE-2018-12122)', async () => {
  await using recorder = await startRecorder({ limits: { headTimeout: 100 } });
  assert.equal(statusOf(await send(recorder.port, 'GET / HTTP/1.1\r\nHost: a.ex')), 408);
  assert.deepEqual(recorder.heads, []);
});

test('a connection without a request does not stay (CVE-2019-5737)', async () => {
  await using recorder = await startRecorder({ limits: { headTimeout: 100 } });
  assert.equal(statusOf(await send(recorder.port, '')), 408);
});

test('a body that stops arriving ends the exchange and the connection', async () => {
  await using recorder = await startRecorder({ limits: { bodyIdle: 100 } });
  const answer = await send(recorder.port, 'POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\nhalf');
  assert.equal(recorder.settled.length, 1);
  assert.deepEqual(recorder.bodies, []);
  assert.deepEqual(statusesOf(answer), [408]);
  assert.match(answer, /connection: close/);
});

test('a client that does not read its answer does not stay', async () => {
  await using recorder = await startRecorder({
    limits: { writeIdle: 100 },
    answer: () => text(200, 'x'.repeat(64 * 1024 * 1024)),
  });
  const socket = connect(recorder.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n'));
  socket.on('error', () => {}).pause();
  await until(() => recorder.settled.length === 1);
  assert.equal(recorder.settled[0]?.aborted, true);
  socket.destroy();
});

test('connections above the limit are closed at once', async () => {
  await using recorder = await startRecorder({ limits: { connections: 2 } });
  const held: Socket[] = [];
  for (let i = 0; i < 2; i++) {
    const socket = connect(recorder.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    held.push(socket);
  }
  assert.equal(await get(recorder.port, '/'), '');
  for (const socket of held) socket.destroy();
  assert.deepEqual(recorder.heads, []);
});
