import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { readBody } from '../../src/gateway/body.ts';
import type { Refusal, Response } from '../../src/gateway/outcome.ts';
import { ResolveTable } from '../../src/upstream/resolve.ts';
import { createUpstream } from '../../src/upstream/upstream.ts';
import { exchangeWith } from '../unit/upstream/support.ts';
import { startRaw } from './support.ts';

/** R11, R12, R31, R50: an upstream is untrusted towards everybody but the one who asked. */

async function ask(answer: string, method = 'GET'): Promise<Response | Refusal> {
  await using raw = await startRaw((socket) => socket.once('data', () => socket.end(answer, 'latin1')));
  const upstream = createUpstream(
    { url: `http://127.0.0.1:${raw.port}` },
    { resolve: new ResolveTable(), clock: systemClock },
  );
  const outcome = await upstream.forward(exchangeWith({ method }));
  if ('status' in outcome && outcome.body !== null) await readBody(outcome.body, 1000);
  await upstream.close();
  return outcome;
}

const INVALID: readonly (readonly [name: string, answer: string])[] = [
  ['an unsolicited 101', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'],
  ['a 101 without Upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['a status above 599', 'HTTP/1.1 777 Odd\r\nContent-Length: 0\r\n\r\n'],
  ['two Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a list as Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na'],
  ['a signed Content-Length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
  ['both framings', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['an unknown transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx'],
  ['a coding before chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
  ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
  ['a NUL in a field', 'HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n'],
  ['a name with a blank', 'HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 0\r\n\r\n'],
  ['no HTTP at all', 'SSH-2.0-OpenSSH\r\n'],
  ['a head that is too large', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`],
];

for (const [name, answer] of INVALID) {
  test(`${name} is upstream-invalid`, async () => {
    const outcome = await ask(answer);
    assert.ok('reason' in outcome, 'an answer');
    assert.equal(outcome.reason, 'upstream-invalid', outcome.detail ?? '');
  });
}

test('hop-by-hop and nominated fields, and fields in our name, do not reach the client', async () => {
  const fields = [
    'Connection: close, X-Hop',
    'X-Hop: 1',
    'Keep-Alive: timeout=5',
    'Proxy-Authenticate: Basic',
    'Trailer: X-Later',
    'Upgrade: h2',
    'X-Ostiary-Request-Id: forged',
    'X-Kept: 1',
  ];
  const outcome = await ask(`HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
  assert.ok('status' in outcome);
  assert.deepEqual(
    [...outcome.headers],
    [
      ['x-kept', '1'],
      ['content-length', '0'],
    ],
  );
});

const PLANTED = [
  'ostiary-session=evil',
  'ostiary-session-binding=evil; Path=/',
  '__Host-ostiary-session=evil; Secure; Path=/',
  '__host-ostiary-session=evil; Secure; Path=/',
  '__HOST-ostiary-session=evil',
  '  ostiary-session = evil',
  '=ostiary-session=evil',
  '= ostiary-session=evil',
  'ostiary-session',
];

test('an upstream cannot plant our cookies (R31)', async () => {
  const fields = [...PLANTED, 'theirs=1; Path=/', 'my-ostiary-x=2']
    .map((cookie) => `Set-Cookie: ${cookie}\r\n`)
    .join('');
  const outcome = await ask(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`);
  assert.ok('status' in outcome);
  assert.deepEqual(outcome.headers.all('set-cookie'), ['theirs=1; Path=/', 'my-ostiary-x=2']);
});

test('an upstream cannot sign people out of other Services', async () => {
  const outcome = await ask(
    'HTTP/1.1 200 OK\r\nClear-Site-Data: "cookies"\r\nclear-site-data: "*"\r\nContent-Length: 0\r\n\r\n',
  );
  assert.ok('status' in outcome);
  assert.equal(outcome.headers.has('clear-site-data'), false);
});

test('informational answers before the real one are for us alone', async () => {
  const outcome = await ask(
    'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  );
  assert.ok('status' in outcome);
  assert.equal(outcome.status, 200);
  assert.equal(outcome.headers.has('link'), false);
});

test('a redirect is relayed, never followed (R22)', async () => {
  const outcome = await ask('HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n');
  assert.ok('status' in outcome);
  assert.equal(outcome.status, 302);
  assert.equal(outcome.headers.get('location'), 'http://169.254.169.254/');
});

test('bytes behind an answer never become the answer to somebody else (CVE-2026-48931)', async () => {
  const bodies: string[] = [];
  await using raw = await startRaw((socket) =>
    socket.on('data', () => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmineHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
      );
    }),
  );
  const upstream = createUpstream(
    { url: `http://127.0.0.1:${raw.port}` },
    { resolve: new ResolveTable(), clock: systemClock },
  );
  for (let i = 0; i < 4; i++) {
    const outcome = await upstream.forward(exchangeWith());
    if ('reason' in outcome || outcome.body === null) continue;
    const read = await readBody(outcome.body, 100);
    bodies.push(read.kind === 'complete' ? read.bytes.toString() : '');
  }
  assert.ok(bodies.length > 0);
  assert.deepEqual(
    bodies.filter((body) => body !== 'mine'),
    [],
  );
  await upstream.close();
});
