import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEngine } from '../support/http2-engine.ts';
import { connectFrames, headersFrame, request } from '../support/http2-frames.ts';
import { get, send, startRecorder, statusOf } from './support.ts';

/**
 * R21: a rule about DELETE must see the request that an upstream takes for a DELETE, and many application servers
 * read methods in any case.
 */
const SPELLINGS = ['delete', 'Delete', 'dELETE', 'trace', 'Connect', 'get', 'X'.repeat(33)];

test('methods in lower case are malformed, over HTTP/1.1', async () => {
  await using recorder = await startRecorder();
  for (const method of SPELLINGS) {
    const answer = await send(recorder.port, `${method} / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`);
    assert.equal(statusOf(answer), 400, method);
  }
  assert.equal(recorder.heads.length, 0);
  assert.equal(statusOf(await get(recorder.port, '/')), 200);
});

test('and over HTTP/2', async () => {
  await using engine = await startEngine();
  for (const method of SPELLINGS) {
    using client = await connectFrames(engine.port);
    client.send(headersFrame(1, request([], { ':method': method })));
    assert.deepEqual(await client.end(1), { kind: 'answer', status: 400 }, method);
  }
  assert.equal(engine.heads.length, 0);
});

test('methods of extensions are passed on as they are', async () => {
  await using engine = await startEngine();
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request([], { ':method': 'M-SEARCH' })));
  assert.deepEqual(await client.end(1), { kind: 'answer', status: 200 });
  assert.equal(engine.heads[0]?.method, 'M-SEARCH');
});
