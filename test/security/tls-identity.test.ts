/** Whom a client certificate makes somebody: CVE-2021-44531, CVE-2021-44532, CVE-2026-48934, R72. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { identityOf } from '../../src/downstream/tls/client-certificate.ts';
import { type Names, TestAuthority } from '../support/certificates.ts';
import { tlsWith } from '../support/tls-settings.ts';
import { startRecorder, statusOf } from './support.ts';

const authority = new TestAuthority();
const server = authority.server({ dns: ['a.example'] });
const robot = authority.client({ subject: [['CN', 'robot']], dns: ['robot.example'] });
const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n';

interface Asked {
  readonly answer: string;
  readonly sessions: readonly Buffer[];
  readonly resumed: boolean;
}

function ask(port: number, options: ConnectionOptions): Promise<Asked> {
  return new Promise((resolve) => {
    let answer = '';
    let resumed = false;
    const sessions: Buffer[] = [];
    const all = { host: '127.0.0.1', port, servername: 'a.example', ca: authority.ca, ...options };
    const socket: TLSSocket = connect(all, () => {
      resumed = socket.isSessionReused();
      socket.write(REQUEST);
    });
    socket.on('session', (session) => sessions.push(session));
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
    });
    socket.on('close', () => resolve({ answer, sessions, resumed }));
  });
}

for (const mode of ['optional', 'required'] as const) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version}: a session of somebody cannot be resumed by anybody, where a certificate is ${mode}`, async () => {
      await using recorder = await startRecorder({ tls: tlsWith([server], { ca: authority.ca, mode }) });
      const own = await ask(recorder.port, { ...robot, minVersion: version, maxVersion: version });
      assert.equal(statusOf(own.answer), 200);
      assert.equal(recorder.heads[0]!.tls!.clientCertificate!.subject, 'CN=robot');
      for (const session of own.sessions) {
        const stolen = await ask(recorder.port, { session, minVersion: version, maxVersion: version });
        assert.equal(stolen.resumed, false);
      }
      for (const { tls } of recorder.heads.slice(1)) assert.equal(tls!.clientCertificate, null);
      if (mode === 'required') assert.equal(recorder.heads.length, 1);
    });
  }
}

test('a session of one listener is worth nothing on another that asks for certificates', async () => {
  await using open = await startRecorder({ tls: tlsWith([server]) });
  await using mutual = await startRecorder({ tls: tlsWith([server], { ca: authority.ca, mode: 'required' }) });
  const { sessions } = await ask(open.port, {});
  assert.ok(sessions.length > 0);
  for (const session of sessions) await ask(mutual.port, { session });
  assert.deepEqual(mutual.heads, []);
});

test('an authority with the same name and another key makes nobody', async () => {
  const impostor = new TestAuthority().client({ subject: [['CN', 'robot']], dns: ['robot.example'] });
  for (const mode of ['optional', 'required'] as const) {
    await using recorder = await startRecorder({ tls: tlsWith([server], { ca: authority.ca, mode }) });
    assert.equal((await ask(recorder.port, impostor)).answer, '');
    assert.deepEqual(recorder.heads, []);
  }
});

test('a certificate of a public authority is not one of the configured authorities', async () => {
  await using recorder = await startRecorder({
    tls: tlsWith([server], { ca: new TestAuthority('Other').ca, mode: 'required' }),
  });
  assert.equal((await ask(recorder.port, robot)).answer, '');
  assert.deepEqual(recorder.heads, []);
});

function identity(names: Names) {
  return identityOf(new X509Certificate(authority.client(names).cert));
}

const AMBIGUOUS: Readonly<Record<string, Names>> = {
  'a NUL in a DNS name': { dns: ['admin.example\0.evil.example'] },
  'a NUL in an e-mail address': { email: ['admin@example.com\0@evil.example'] },
  'a NUL in a URI': { uri: ['spiffe://example/admin\0/x'] },
  'a line break': { uri: ['spiffe://example/x\nDNS:admin.example'] },
  'a space': { dns: ['robot.example, DNS:admin.example'] },
  'a letter that is no ASCII': { dns: ['\xe4dmin.example'] },
};

for (const [what, names] of Object.entries(AMBIGUOUS)) {
  test(`${what} makes a certificate nobody's`, () => assert.equal(identity(names), null));
}

test('a URI that looks like further names is one URI', () => {
  const uris = ['http://x/","DNS:admin.example', 'http://x/,DNS:admin.example', 'http://x/%0aDNS:admin.example'];
  const { dnsNames, uris: read } = identity({ dns: ['robot.example'], uri: uris })!;
  assert.deepEqual(dnsNames, ['robot.example']);
  assert.deepEqual(read, uris);
});

test('a common name that looks like a distinguished name is escaped', () => {
  const subject = [
    ['CN', 'robot,O=Example'],
    ['CN', 'x\nCN=admin'],
    ['OU', 'a + CN=admin'],
  ] as const;
  const text = identity({ subject })!.subject;
  assert.doesNotMatch(text, /(^|[^\\])[,+\n](O|CN)=(Example|admin)/);
  assert.match(text, /CN=robot\\,O=Example$/);
});

test('only alternative names are names: the common name is none', () => {
  assert.deepEqual(identity({ subject: [['CN', 'admin.example']] })!.dnsNames, []);
});
