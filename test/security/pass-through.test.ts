import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RawUpstream } from '../support/raw-upstream.ts';
import { valuesOf } from '../support/strict-reader.ts';
import { answering } from '../unit/upstream/http1/support.ts';
import { startRelay } from './relay.ts';
import { send, statusesOf, statusOf } from './support.ts';

/** What HTTP clients do beyond passing messages on, and a gateway must not. */

test('lengths that differ in case are two lengths, and none goes upstream (CVE-2026-1525)', async () => {
  await using upstream = await RawUpstream.start();
  await using relay = await startRelay({ url: upstream.url });
  const fields = ['Content-Length: 5', 'content-length: 0', 'CONTENT-LENGTH: 5'];
  for (const pair of [fields.slice(0, 2), fields.slice(1), [fields[0], fields[2]]]) {
    const request = `POST / HTTP/1.1\r\nHost: a.example\r\n${pair.join('\r\n')}\r\n\r\nhello`;
    assert.deepEqual(statusesOf(await send(relay.port, request)), [400]);
  }
  assert.equal(upstream.seen.length, 0);
});

test('a length goes upstream once, whatever its case (CVE-2026-1525)', async () => {
  await using upstream = await RawUpstream.start();
  await using relay = await startRelay({ url: upstream.url });
  const request =
    'POST / HTTP/1.1\r\nHost: a.example\r\nCONTENT-length: 5\r\nTE: chunked\r\nConnection: close\r\n\r\nhello';
  assert.equal(statusOf(await send(relay.port, request)), 200);
  assert.deepEqual(upstream.foul, []);
  assert.deepEqual(valuesOf(upstream.seen[0]!, 'content-length'), ['5']);
  assert.deepEqual(valuesOf(upstream.seen[0]!, 'transfer-encoding'), []);
});

test('an encoded answer is not decoded, however often it says that it is encoded (CVE-2026-22036)', async () => {
  const bytes = gzipSync(Buffer.alloc(1_000_000)).toString('latin1');
  const codings = Array.from({ length: 50 }, () => 'gzip').join(', ');
  await using upstream = await answering(
    `HTTP/1.1 200 OK\r\ncontent-encoding: ${codings}\r\ncontent-length: ${bytes.length}\r\n\r\n${bytes}`,
  );
  await using relay = await startRelay({ url: `http://127.0.0.1:${upstream.port}` });
  const answer = await send(relay.port, 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  assert.equal(statusOf(answer), 200);
  assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), bytes);
});

test('an answer that has begun is not asked for again and mended (GHSA-8xcm-r25x-g524)', async () => {
  const upstream = await RawUpstream.start((_seen, socket) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\naccept-ranges: bytes\r\netag: "1"\r\n\r\nhalf');
  });
  await using _closing = upstream;
  await using relay = await startRelay({
    url: upstream.url,
    retry: {
      maxRetries: 3,
      maxElapsedTime: 1000,
      initialInterval: 1,
      maxInterval: 1,
      multiplier: 1,
      statusCodes: [],
      retryOnServerErrors: true,
      methods: ['GET'],
    },
  });
  const answer = await send(relay.port, 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  assert.ok(answer === '' || answer.endsWith('half'), answer);
  assert.equal(upstream.seen.length, 1);
});
