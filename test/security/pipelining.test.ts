import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type Recorder, send, startRecorder, statusesOf, text, until } from './support.ts';

/** R14 (RFC 9112 9.6): what comes behind the last answer of a connection is not served, also when it is here already. */

function request(path: string, ...fields: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: a.example', ...fields, '', ''].join('\r\n');
}

function paths({ heads }: Recorder): string[] {
  return heads.map(({ path }) => path);
}

test('requests in one packet are served one after another, in their order', async () => {
  let open = 0;
  let most = 0;
  await using recorder = await startRecorder({
    answer: async (x) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return text(200, x.request.path);
    },
  });
  const answers = await send(recorder.port, request('/1') + request('/2') + request('/3', 'Connection: close'));
  assert.deepEqual(statusesOf(answers), [200, 200, 200]);
  assert.deepEqual(paths(recorder), ['/1', '/2', '/3']);
  assert.match(answers, /\/1[\s\S]*\/2[\s\S]*\/3/);
  assert.equal(most, 1);
});

test('a request behind "Connection: close" is not served', async () => {
  await using recorder = await startRecorder();
  const answers = await send(recorder.port, request('/1', 'Connection: close') + request('/2'));
  assert.deepEqual(statusesOf(answers), [200]);
  assert.deepEqual(paths(recorder), ['/1']);
});

test('a request behind a refused head is not served', async () => {
  await using recorder = await startRecorder();
  const answers = await send(recorder.port, request('/..;/x') + request('/2') + request('/3'));
  assert.deepEqual(statusesOf(answers), [400]);
  assert.deepEqual(paths(recorder), []);
});

test('a request behind an HTTP/1.0 request is not served', async () => {
  await using recorder = await startRecorder();
  const first = 'GET /1 HTTP/1.0\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n';
  const answers = await send(recorder.port, first + request('/2'));
  assert.deepEqual(statusesOf(answers), [200]);
  assert.deepEqual(paths(recorder), ['/1']);
});

test('a request behind a body that is too much to drop is not served', async () => {
  await using recorder = await startRecorder({ answer: () => text(413, 'too large') });
  const body = 'x'.repeat(1024 * 1024);
  const upload = `POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const answers = await send(recorder.port, upload + request('/2'));
  assert.deepEqual(statusesOf(answers), [413]);
  assert.match(answers, /connection: close/i);
  assert.deepEqual(paths(recorder), ['/1']);
});

test('a small body that nobody read is dropped and the connection goes on', async () => {
  await using recorder = await startRecorder({ answer: () => text(403, 'no') });
  const upload = `POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello`;
  const answers = await send(recorder.port, upload + request('/2', 'Connection: close'));
  assert.deepEqual(statusesOf(answers), [403, 403]);
  assert.deepEqual(paths(recorder), ['/1', '/2']);
});

test('a malformed request behind a good one does not break into its answer', async () => {
  await using recorder = await startRecorder({
    answer: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return text(200, 'whole');
    },
  });
  const answers = await send(recorder.port, `${request('/1')}GET\x00garbage\r\n\r\n${request('/2')}`);
  assert.deepEqual(statusesOf(answers), [200, 400]);
  assert.match(answers, /\r\n\r\nwholeHTTP\/1\.1 400 /);
  assert.deepEqual(paths(recorder), ['/1']);
});

test('what waits behind an answer is bounded: the client is held back, and everything is served in its turn', async () => {
  let go = (): void => {};
  const first = new Promise<void>((resolve) => {
    go = resolve;
  });
  await using recorder = await startRecorder({
    answer: async (x) => {
      if (x.request.path === '/0') await first;
      return text(200, 'ok');
    },
  });
  const count = 3_000;
  const filler = `X: ${'x'.repeat(4_000)}`;
  const client = connect(recorder.port, '127.0.0.1');
  client.resume();
  let sent = 0;
  const sendMore = (): void => {
    while (sent < count) if (!client.write(request(`/${sent++}`, filler))) return;
  };
  client.on('drain', sendMore);
  sendMore();
  await until(() => recorder.heads.length === 1);
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(sent < count, 'the client was never held back');
  go();
  await until(() => recorder.settled.length === count);
  assert.equal(recorder.heads.at(-1)?.path, `/${count - 1}`);
  client.destroy();
});
