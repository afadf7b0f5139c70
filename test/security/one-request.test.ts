import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { get, send, startRecorder, statusOf, text } from './support.ts';

/** R69: one request can never end the process, not even by a mistake of ours. */

function failing(path: string) {
  if (path === '/mistake') throw new Error('a mistake');
  return text(200, 'ok');
}

test('a mistake in the service of one request ends its connection, and no other', async () => {
  const said: string[] = [];
  await using recorder = await startRecorder({
    answer: ({ request }) => failing(request.path),
    warn: (message) => said.push(message),
  });
  const other = connect(recorder.port, '127.0.0.1');
  const got = new Promise((resolve) => other.once('data', (chunk) => resolve(statusOf(chunk.toString('latin1')))));
  assert.equal(await get(recorder.port, '/mistake'), '');
  other.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  assert.equal(await got, 200);
  assert.deepEqual(said, ['a request met a mistake of the gateway: a mistake']);
  other.destroy();
});

test('what waits behind it is not served', async () => {
  await using recorder = await startRecorder({ answer: ({ request }) => failing(request.path) });
  const requests = ['/mistake', '/behind'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a.example\r\n\r\n`);
  assert.equal(await send(recorder.port, requests.join('')), '');
  assert.deepEqual(
    recorder.heads.map(({ path }) => path),
    ['/mistake'],
  );
});
