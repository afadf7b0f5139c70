import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { parseAlternativeNames } from '../../../src/downstream/tls/alternative-names.ts';
import { mayAsk } from '../../../src/downstream/tls/authority.ts';
import { Certificates } from '../../../src/downstream/tls/certificates.ts';
import { identityOf } from '../../../src/downstream/tls/client-certificate.ts';
import { certificateOfText, ServerCertificate } from '../../../src/downstream/tls/server-certificate.ts';
import { canonicalServerName } from '../../../src/downstream/tls/server-name.ts';
import { fingerprintOf, TestAuthority } from '../../support/certificates.ts';
import { certificateOf } from '../../support/tls-settings.ts';

const authority = new TestAuthority();
const first = authority.server({ dns: ['first.example', 'api.first.example'], ip: ['192.0.2.1'] });
const wild = authority.server({ dns: ['*.second.example'] });
const exact = authority.server({ dns: ['exact.second.example'] });
const certificates = new Certificates([first, wild, exact].map((pair) => certificateOf(pair)));

const SERVER_NAMES: readonly (readonly [name: string, canonical: string | null])[] = [
  ['a.example', 'a.example'],
  ['A.Example.', 'a.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['under_score.example', 'under_score.example'],
  ['', null],
  ['.', null],
  ['..', null],
  ['a..example', null],
  ['.example', null],
  ['a.example..', null],
  ['a.example\0.evil.example', null],
  ['a example', null],
  ['a.example:443', null],
  ['a.example/x', null],
  ['*.example', null],
  ['bücher.example', null],
  ['192.0.2.1', null],
  ['::1', null],
  [`${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
  [`${'a.'.repeat(127)}a`, null],
];

for (const [name, canonical] of SERVER_NAMES) {
  test(`the server name ${JSON.stringify(name).slice(0, 40)} is ${canonical === null ? 'none' : 'one'}`, () => {
    assert.equal(canonicalServerName(name), canonical);
  });
}

const ASKED: readonly (readonly [serverName: string | null, host: string, plain: boolean, withClients: boolean])[] = [
  ['first.example', 'first.example', true, true],
  ['first.example', 'api.first.example', true, false],
  ['first.example', 'a.second.example', false, false],
  ['first.example', 'elsewhere.example', false, false],
  ['elsewhere.example', 'elsewhere.example', true, true],
  ['elsewhere.example', 'first.example', true, false],
  ['elsewhere.example', 'other.example', false, false],
  ['a.second.example', 'b.second.example', true, false],
  // It has a certificate of its own, so a new connection would have shown another one.
  ['a.second.example', 'exact.second.example', false, false],
  ['exact.second.example', 'a.second.example', false, false],
  [null, 'first.example', true, false],
  [null, 'elsewhere.example', true, false],
  [null, '192.0.2.1', true, true],
  [null, '[::1]', true, true],
  ['first.example', '192.0.2.1', true, false],
  ['first.example', '192.0.2.2', false, false],
];

for (const [serverName, host, plain, withClients] of ASKED) {
  test(`after a handshake for ${serverName}, ${host} ${plain ? 'may' : 'may not'} be asked for`, () => {
    const names = { serverName, certificates };
    assert.equal(mayAsk(host, { ...names, asksForClientCertificate: false }), plain);
    assert.equal(mayAsk(host, { ...names, asksForClientCertificate: true }), withClients);
  });
}

const ALTERNATIVE_NAMES: readonly (readonly [text: string, names: readonly string[] | null])[] = [
  ['', []],
  ['DNS:a.example', ['DNS=a.example']],
  ['DNS:a.example, email:a@b.example, URI:x://y', ['DNS=a.example', 'email=a@b.example', 'URI=x://y']],
  ['DNS:"a.example, DNS:b.example"', ['DNS=a.example, DNS:b.example']],
  ['URI:"x\\"y, DNS:z", DNS:a', ['URI=x"y, DNS:z', 'DNS=a']],
  ['DNS:"a\\u0000b"', ['DNS=a\0b']],
  ['IP Address:192.0.2.1, othername:<unsupported>', ['IP Address=192.0.2.1', 'othername=<unsupported>']],
  ['DNS', null],
  ['DNS:"a', null],
  ['DNS:"a"b', null],
];

for (const [text, names] of ALTERNATIVE_NAMES) {
  test(`the names ${JSON.stringify(text)} are ${names === null ? 'refused' : 'read'}`, () => {
    assert.deepEqual(parseAlternativeNames(text)?.map(({ kind, value }) => `${kind}=${value}`) ?? null, names);
  });
}

test('a client certificate becomes an identity with all its parts', () => {
  const subject = [
    ['O', 'Example, Inc.'],
    ['OU', 'a+b'],
    ['CN', 'robot'],
  ] as const;
  const { cert } = authority.client({ subject, dns: ['R.example'], email: ['r@example.org'], uri: ['spiffe://e/r'] });
  const certificate = new X509Certificate(cert);
  assert.deepEqual(identityOf(certificate), {
    subject: 'CN=robot,OU=a\\+b,O=Example\\, Inc.',
    issuer: 'CN=Test authority',
    serialNumber: certificate.serialNumber,
    fingerprint: fingerprintOf(cert),
    dnsNames: ['r.example'],
    emails: ['r@example.org'],
    uris: ['spiffe://e/r'],
  });
});

test('a certificate and a key are refused when they do not belong together, or are none', () => {
  const messageOf = (cert: string, key: string) => {
    try {
      return String(new ServerCertificate('tls.crt', cert, key));
    } catch (thrown) {
      return (thrown as Error).message;
    }
  };
  assert.equal(messageOf(first.cert, wild.key), 'tls.crt: the private key does not belong to the first certificate');
  assert.equal(messageOf('', first.key), 'tls.crt: there is no certificate in PEM form');
  assert.equal(messageOf(first.cert, ''), 'tls.crt: the private key cannot be read: it is not in PEM form');
  const broken = first.cert.replace(/\n[A-Za-z0-9+/]{10}/, '\nAAAAAAAAAA');
  assert.equal(messageOf(broken, first.key), 'tls.crt: the certificate cannot be read');
});

test('a Secret holds chain and key in one text, in any order', () => {
  const text = `${first.key}${first.cert}${wild.cert}`;
  assert.equal(certificateOfText('Secret a', text).covers('first.example'), 'exact');
  assert.throws(() => certificateOfText('Secret a', first.cert), {
    message: /one private key is expected, there are 0/,
  });
  assert.throws(() => certificateOfText('Secret a', text + wild.key), { message: /there are 2/ });
});

test('printing a certificate shows no key', async () => {
  const { inspect } = await import('node:util');
  const printed = `${inspect(certificateOf(first), { depth: 9 })} ${JSON.stringify(certificateOf(first))}`;
  assert.doesNotMatch(printed, /PRIVATE/);
  assert.ok(!printed.includes(first.key.split('\n')[1]!));
});
