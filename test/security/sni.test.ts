/** Names in TLS handshakes come from anybody: CVE-2026-21637, CVE-2026-48928, R69. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestAuthority } from '../support/certificates.ts';
import { ask } from '../support/http-client.ts';
import { tlsWith } from '../support/tls-settings.ts';
import { answerTo, clientHello } from './client-hello.ts';
import { startRecorder } from './support.ts';

const authority = new TestAuthority();
const tls = tlsWith([
  authority.server({ dns: ['first.example'] }),
  authority.server({ dns: ['*.second.example', 'second.example'] }),
]);

const NAMES: Readonly<Record<string, Buffer>> = {
  'an empty name': Buffer.alloc(0),
  'a NUL': Buffer.from('first.example\0.evil.example'),
  'only a NUL': Buffer.of(0),
  'bytes that are no UTF-8': Buffer.of(0xff, 0xfe, 0x80, 0xc0),
  'only dots': Buffer.from('....'),
  'a wildcard': Buffer.from('*.second.example'),
  'an address': Buffer.from('192.0.2.1'),
  'a path': Buffer.from('../../etc/passwd'),
  'a property of objects': Buffer.from('__proto__'),
  constructor: Buffer.from('constructor.second.example'),
  'upper case and a dot': Buffer.from('A.SECOND.EXAMPLE.'),
  'the longest name that fits': Buffer.alloc(255, 'a'),
  'a name that is too long': Buffer.alloc(4_000, 'a'),
  'sixteen thousand labels': Buffer.from('a.'.repeat(8_000)),
  'a line break': Buffer.from('first.example\r\nX: y'),
};

for (const [what, name] of Object.entries(NAMES)) {
  test(`${what} as a server name costs nobody else anything`, async () => {
    await using recorder = await startRecorder({ tls });
    await answerTo(recorder.port, clientHello(name));
    assert.deepEqual(recorder.heads, []);
    const next = await ask(recorder.port, { host: 'first.example', ca: authority.ca });
    assert.equal(next.status, 200);
  });
}

test('the handshake goes on for a name that is one, and without any', async () => {
  await using recorder = await startRecorder({ tls });
  assert.equal(await answerTo(recorder.port, clientHello(Buffer.from('A.Second.Example.'))), 'handshake');
  assert.equal(await answerTo(recorder.port, clientHello(null)), 'handshake');
});

test('a name of many lengths at once leaves the listener as it was', async () => {
  await using recorder = await startRecorder({ tls });
  await Promise.all(
    Array.from({ length: 64 }, (_, i) => answerTo(recorder.port, clientHello(Buffer.alloc(i * 8, 0x61 + (i % 26))))),
  );
  assert.equal((await ask(recorder.port, { host: 'first.example', ca: authority.ca })).status, 200);
});

test('records that are cut, or no records at all, end their own connection', async () => {
  await using recorder = await startRecorder({ tls, limits: { handshakeTimeout: 2_000 } });
  const hello = clientHello(Buffer.from('first.example'));
  for (const bytes of [hello.subarray(0, 20), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(100, 0x16)]) {
    assert.notEqual(await answerTo(recorder.port, bytes), 'handshake');
  }
  assert.equal((await ask(recorder.port, { host: 'first.example', ca: authority.ca })).status, 200);
});
