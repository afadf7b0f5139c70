import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { Certificates } from '../../../src/downstream/tls/certificates.ts';
import { TestAuthority } from '../../support/certificates.ts';
import { certificateOf, tlsWith } from '../../support/tls-settings.ts';
import { startLines, until } from './line-engine.ts';
import { greet, shownTo, startTls } from './text-client.ts';

const authority = new TestAuthority();
const first = authority.server({ dns: ['first.example', 'api.first.example'] });
const wild = authority.server({ dns: ['*.second.example', 'second.example'] });
const exact = authority.server({ dns: ['exact.second.example'] });
const client = authority.client({
  subject: [
    ['O', 'Example'],
    ['CN', 'robot'],
  ],
  uri: ['spiffe://example/robot'],
});

test('what the handshake told is known, and shared by the requests of the connection', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  using secured = await greet(lines.port, { servername: 'First.Example.', ca: authority.ca });
  assert.equal(secured.received, 'http1 127.0.0.1 hello');
  const { scheme, tls } = lines.served[0]!.facts;
  assert.deepEqual(
    [scheme, tls],
    ['https', { version: 'TLSv1.3', serverName: 'first.example', clientCertificate: null }],
  );
});

test('the protocol is agreed on: HTTP/2 before HTTP/1.1, HTTP/1.1 without a word', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  const offers = [['h2', 'http/1.1'], ['http/1.1', 'h2'], ['http/1.1'], []];
  for (const ALPNProtocols of offers) {
    using _ = await greet(lines.port, { servername: 'first.example', ALPNProtocols });
  }
  assert.deepEqual(
    lines.served.map(({ protocol }) => protocol),
    ['http2', 'http2', 'http1', 'http1'],
  );
});

test('a client that speaks neither is refused in the handshake', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  using other = await greet(lines.port, { servername: 'first.example', ALPNProtocols: ['smtp'] });
  assert.match(String(other.error), /no application protocol/);
  assert.equal(lines.served.length, 0);
});

test('each name gets its certificate: its own before a wildcard, the default one when there is none', async () => {
  await using lines = await startLines({ tls: tlsWith([first, wild, exact]) });
  const expected = [
    ['first.example', 'first.example'],
    ['api.first.example', 'first.example'],
    ['a.second.example', '*.second.example'],
    ['exact.second.example', 'exact.second.example'],
    ['a.b.second.example', 'first.example'],
    ['unknown.example', 'first.example'],
  ] as const;
  for (const [servername, shown] of expected) {
    using secured = await greet(lines.port, { servername });
    assert.equal(shownTo(secured), shown, servername);
  }
  using nameless = await greet(lines.port, { servername: '' });
  assert.equal(shownTo(nameless), 'first.example');
  assert.equal(lines.served.at(-1)!.facts.tls!.serverName, null);
});

test('TLS 1.2 is spoken with forward secrecy only, and nothing older', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  using current = await greet(lines.port, { maxVersion: 'TLSv1.2' });
  assert.match(current.socket.getCipher().name, /^ECDHE-ECDSA-.*(GCM|POLY1305)/);
  using weak = await greet(lines.port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' });
  using old = await greet(lines.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  assert.notEqual(weak.error, null);
  assert.notEqual(old.error, null);
  assert.equal(lines.served.length, 1);
});

test('other certificates are shown from the next handshake on, and connections stay', async () => {
  const settings = tlsWith([first]);
  let material = settings.material();
  await using lines = await startLines({ tls: { ...settings, material: () => material } });
  using before = await greet(lines.port, { servername: 'first.example' });
  const renewed = authority.server({ subject: [['CN', 'renewed']], dns: ['first.example'] });
  material = { ...material, certificates: new Certificates([certificateOf(renewed), certificateOf(exact)]) };
  using after = await greet(lines.port, { servername: 'first.example' });
  using nameless = await greet(lines.port, { servername: '' });
  using added = await greet(lines.port, { servername: 'exact.second.example' });
  assert.deepEqual([after, nameless, added].map(shownTo), ['renewed', 'renewed', 'exact.second.example']);
  before.socket.write('again');
  await until(() => before.received.endsWith('again'));
});

test('without any certificate handshakes fail, and the listener lives', async () => {
  const settings = tlsWith([]);
  let material = settings.material();
  await using lines = await startLines({ tls: { ...settings, material: () => material } });
  using refused = await greet(lines.port, { servername: 'first.example' });
  assert.notEqual(refused.error, null);
  material = { ...material, certificates: new Certificates([certificateOf(first)]) };
  using served = await greet(lines.port, { servername: 'first.example' });
  assert.equal(served.received, 'http1 127.0.0.1 hello');
});

test('a handshake that does not come to its end is not waited for', async () => {
  await using lines = await startLines({ tls: tlsWith([first]), limits: { handshakeTimeout: 40 } });
  const silent = connect(lines.port, '127.0.0.1');
  const dripping = connect(lines.port, '127.0.0.1');
  const drip = setInterval(() => dripping.write('\x16\x03\x01'), 5);
  for (const one of [silent, dripping]) one.on('error', () => {}).resume();
  await until(() => silent.closed && dripping.closed);
  clearInterval(drip);
  assert.equal(lines.served.length, 0);
});

const HOUR_MS = 3_600_000;

test('a client that goes away within its handshake keeps nothing waiting', async () => {
  await using lines = await startLines({ tls: tlsWith([first]), limits: { handshakeTimeout: HOUR_MS } });
  for (const said of ['', '\x16\x03\x01']) {
    const looking = connect({ port: lines.port, host: '127.0.0.1', allowHalfOpen: true }, () => looking.end(said));
    looking.on('error', () => {}).resume();
    await until(() => looking.closed);
  }
  assert.equal(lines.served.length, 0);
});

test('a handshake under way has a moment when the listener stops', async () => {
  await using lines = await startLines({ tls: tlsWith([first]), limits: { handshakeTimeout: HOUR_MS } });
  const silent = connect(lines.port, '127.0.0.1');
  silent.on('error', () => {}).resume();
  await once(silent, 'connect');
  await lines.listener.drain(HOUR_MS);
  await until(() => silent.closed);
});

test('whoever has said everything over TLS may end its half and wait for the answer', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  using _ = await greet(lines.port, { servername: 'first.example' });
  assert.equal(lines.served[0]!.socket.allowHalfOpen, true);
});

test('failed handshakes are said once, however many there are', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  for (let i = 0; i < 5; i++) {
    const plain = connect(lines.port, '127.0.0.1', () => plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    plain.on('error', () => {}).resume();
    await until(() => plain.closed);
  }
  assert.equal(lines.warnings.length, 1);
  assert.equal(lines.warnings[0], 'TLS handshakes failed: 127.0.0.1: it spoke plain HTTP');
  assert.equal(lines.served.length, 0);
});

test('a PROXY header from a peer that is not trusted is said to be one, with its address', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  const peer = connect(lines.port, '127.0.0.1', () => peer.write('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n'));
  peer.on('error', () => {}).resume();
  await until(() => lines.warnings.length === 1);
  assert.match(
    lines.warnings[0]!,
    /127\.0\.0\.1: it did not speak TLS \(a PROXY header is taken from trustedProxies only\)$/,
  );
});

test('the header of the PROXY protocol comes before the handshake, also in one packet with its beginning', async () => {
  await using lines = await startLines({ tls: tlsWith([first]), trustedProxies: ['127.0.0.1'] });
  const header = Buffer.from('PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\r\n');
  const raw = connect(lines.port, '127.0.0.1');
  let ahead: Buffer | null = header;
  const through = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      raw.write(ahead === null ? chunk : Buffer.concat([ahead, chunk]), done);
      ahead = null;
    },
  });
  raw.on('data', (chunk) => through.push(chunk));
  using secured = await greet(lines.port, { socket: through, servername: 'first.example', ALPNProtocols: ['h2'] });
  assert.equal(secured.received, 'http2 203.0.113.9 hello');
  raw.destroy();
});

test('an untrusted peer cannot put a header before its handshake', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  const raw = connect(lines.port, '127.0.0.1', () => raw.write('PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\r\n'));
  raw.on('error', () => {}).resume();
  await until(() => raw.closed);
  assert.equal(lines.served.length, 0);
});

test('a client certificate that is required is verified, and tells who the client is', async () => {
  await using lines = await startLines({ tls: tlsWith([first], { ca: authority.ca, mode: 'required' }) });
  using known = await greet(lines.port, { servername: 'first.example', ...client });
  assert.equal(known.received, 'http1 127.0.0.1 hello');
  const certificate = lines.served[0]!.facts.tls!.clientCertificate!;
  assert.deepEqual([certificate.subject, certificate.uris], ['CN=robot,O=Example', ['spiffe://example/robot']]);
});

test('it is verified on every certificate that the listener shows', async () => {
  await using lines = await startLines({ tls: tlsWith([first, exact], { ca: authority.ca, mode: 'required' }) });
  using known = await greet(lines.port, { servername: 'exact.second.example', ...client });
  assert.equal(known.received, 'http1 127.0.0.1 hello');
  using nobody = await greet(lines.port, { servername: 'exact.second.example' });
  assert.equal(nobody.received, '');
});

const stranger = new TestAuthority('Test authority').client({ subject: [['CN', 'robot']] });
const expired = authority.client({ subject: [['CN', 'robot']], daysLeft: -1 });
const forServers = authority.server({ dns: ['robot.example'] });
const UNTRUSTED = {
  'of an unknown authority': stranger,
  'that has expired': expired,
  'that is for servers': forServers,
};

for (const [which, pair] of Object.entries(UNTRUSTED)) {
  for (const mode of ['required', 'optional'] as const) {
    test(`a client certificate ${which} ends the connection when one is ${mode}`, async () => {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        await using lines = await startLines({ tls: tlsWith([first], { ca: authority.ca, mode }) });
        using refused = await greet(lines.port, { servername: 'first.example', maxVersion, ...pair });
        assert.deepEqual([refused.received, lines.served.length], ['', 0]);
        await until(() => lines.warnings.length === 1);
      }
    });
  }
}

test('without a certificate nobody connects where one is required; where it is optional they are nobody', async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    await using strict = await startLines({ tls: tlsWith([first], { ca: authority.ca, mode: 'required' }) });
    using refused = await greet(strict.port, { servername: 'first.example', maxVersion });
    assert.deepEqual([refused.received, strict.served.length], ['', 0]);
    await using lenient = await startLines({ tls: tlsWith([first], { ca: authority.ca, mode: 'optional' }) });
    using nobody = await greet(lenient.port, { servername: 'first.example', maxVersion });
    assert.equal(nobody.received, 'http1 127.0.0.1 hello');
    assert.equal(lenient.served[0]!.facts.tls!.clientCertificate, null);
  }
});

test('where nobody is asked, a certificate says nothing', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  using offered = await greet(lines.port, { servername: 'first.example', ...client });
  assert.equal(offered.received, 'http1 127.0.0.1 hello');
  assert.equal(lines.served[0]!.facts.tls!.clientCertificate, null);
});

test('closing the listener ends handshakes and connections alike', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  using secured = await greet(lines.port, { servername: 'first.example' });
  const silent = connect(lines.port, '127.0.0.1');
  silent.on('error', () => {}).resume();
  await until(() => !silent.connecting);
  await lines.listener.close();
  await until(() => secured.closed && silent.closed);
});

test('a client that goes away in its handshake costs its own connection only', async () => {
  await using lines = await startLines({ tls: tlsWith([first]) });
  for (const event of ['connect', 'secureConnect'] as const) {
    using leaving = startTls(lines.port, { servername: 'first.example' });
    leaving.socket.on(event, () => leaving.socket.destroy());
    await until(() => leaving.closed);
  }
  const raw = connect(lines.port, '127.0.0.1', () => raw.write('\x16\x03\x01\x02\x00', () => raw.resetAndDestroy()));
  await until(() => raw.closed);
  using served = await greet(lines.port, { servername: 'first.example' });
  assert.equal(served.received, 'http1 127.0.0.1 hello');
});
