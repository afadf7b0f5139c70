import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Recorder, send, startRecorder } from './support.ts';

/** R26; CVE-2025-48865, CVE-2024-45410, CVE-2022-31813: a Connection field takes away what belongs to the hop only. */
let recorder: Recorder;
let behindProxy: Recorder;
before(async () => {
  recorder = await startRecorder();
  behindProxy = await startRecorder({ trustedProxies: ['127.0.0.1'] });
});
after(async () => {
  await recorder[Symbol.asyncDispose]();
  await behindProxy[Symbol.asyncDispose]();
});

async function seen(at: Recorder, ...fields: string[]): Promise<[string, string][]> {
  await send(at.port, ['GET / HTTP/1.1', 'Host: a.example', ...fields, '', ''].join('\r\n'));
  return [...at.heads.at(-1)!.headers];
}

test('hop-by-hop fields are gone', async () => {
  const fields = [
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp5',
    'TE: trailers',
    'Trailer: X-Later',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
  ];
  assert.deepEqual(await seen(recorder, 'Connection: close', ...fields, 'X-Kept: 1'), [['x-kept', '1']]);
});

test('nominated fields are gone, in every spelling and from every Connection field', async () => {
  const fields = [
    'Connection: close, X-One ,x-TWO',
    'Connection: X-Three',
    'X-One: 1',
    'X-Two: 2',
    'X-Three: 3',
    'X-Four: 4',
  ];
  assert.deepEqual(await seen(recorder, ...fields), [['x-four', '4']]);
});

test('a nomination cannot take the host away', async () => {
  await seen(recorder, 'Connection: close, Host');
  assert.equal(recorder.heads.at(-1)?.host, 'a.example');
});

test('a nomination cannot hide where the client is behind a trusted proxy', async () => {
  await seen(
    behindProxy,
    'Connection: close, X-Forwarded-For, X-Forwarded-Proto',
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-Proto: https',
  );
  assert.equal(behindProxy.heads.at(-1)?.clientAddress, '203.0.113.9');
  assert.equal(behindProxy.heads.at(-1)?.scheme, 'https');
});

test('a nomination of an identity field does not keep it', async () => {
  assert.deepEqual(await seen(recorder, 'Connection: close, X-Ostiary-User', 'X-Ostiary-User: root'), []);
});
