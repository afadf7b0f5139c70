import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Names, type Pair, TestAuthority } from '../../support/certificates.ts';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { type Answer, ask } from '../../support/http-client.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, service, workload, yaml } from '../../support/resources.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const authority = new TestAuthority('Devices');
const second = new TestAuthority('Partners');
const stranger = new TestAuthority('Devices');
const upstream = await RecordingUpstream.start('upstream');
const directory = temporaryDirectory();

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const bySubject: Names = {
  subject: [
    ['O', 'Example'],
    ['CN', 'robot'],
  ],
};
const pinned = authority.client({ dns: ['pinned.example.org'] });
const { fingerprint256 } = new X509Certificate(pinned.cert);

function taking(name: string, rules: readonly object[], more: object = {}): Document {
  const plugins = [
    { name: 'certificates', phase: 'PRE_AUTH', condition: { matchAny: true }, clientCertificate: { rules, ...more } },
  ];
  const identityAssertion = { headers: { user: 'X-Webauth-User' } };
  return service(name, { config: { upstream: { url: upstream.url }, http: { plugins, identityAssertion } } });
}

const rules = [
  { user: 'pinned', fingerprint: fingerprint256 },
  { user: 'by-dns', dnsName: 'Robot.example.org', issuer: 'CN=Devices' },
  { user: 'by-uri', uri: 'spiffe://example.org/robot' },
  { user: 'by-email', email: 'robot@example.org' },
  { user: 'by-subject', subject: 'CN=robot,O=Example' },
  { user: 'by-star', dnsName: '*.example.net' },
];

const { cert, key } = authority.server({ subject: [['CN', DOMAIN]], dns: [DOMAIN, `*.${DOMAIN}`] });
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      ...rules.map(({ user }) => workload(user)),
      workload('ours'),
      taking('api', rules),
      taking('loose', rules, { letUnlistedCertificatesProveNothing: true }),
    ),
  },
  args: [
    ...['--tls-cert', file('tls.crt', cert), '--tls-key', file('tls.key', key)],
    ...['--tls-client-ca', file('ca.crt', `${authority.ca}${second.ca}`), '--tls-client-certificate', 'optional'],
  ],
});
const token = await gateway.token('ours');

async function shows(pair: Pair | null, headers: Readonly<Record<string, string>> = {}, name = 'api'): Promise<string> {
  const agent = pair === null ? {} : { agent: new Agent(pair) };
  const answer = await ask(gateway.port, { ca: authority.ca, host: `${name}.${DOMAIN}`, headers, ...agent });
  return who(answer);
}

function who({ status, reason, body }: Answer): string {
  return status === 200 ? String(JSON.parse(body).headers['x-webauth-user']) : `${status} ${reason}`;
}

test('the first rule that is met says who acts', async () => {
  assert.equal(await shows(pinned), 'pinned');
  assert.equal(await shows(authority.client({ dns: ['robot.example.org'] })), 'by-dns');
  assert.equal(await shows(authority.client({ uri: ['spiffe://example.org/robot'] })), 'by-uri');
  assert.equal(await shows(authority.client({ email: ['Robot@example.org'] })), 'by-email');
  assert.equal(await shows(authority.client(bySubject)), 'by-subject');
  assert.equal(await shows(authority.client({ dns: ['*.example.net'] })), 'by-star');
});

for (const [what, pair] of Object.entries({
  'the same name from another authority': second.client({ dns: ['robot.example.org'] }),
  'a name that the star would cover': authority.client({ dns: ['a.example.net'] }),
  'the subject as one name': authority.client({ subject: [['CN', 'robot,O=Example']] }),
  'more than the subject': authority.client({
    subject: [
      ['CN', 'robot'],
      ['O', 'Example'],
      ['OU', 'x'],
    ],
  }),
  'a URI with something behind it': authority.client({ uri: ['spiffe://example.org/robot/2'] }),
  'the address as a DNS name': authority.client({ dns: ['robot@example.org'] }),
  'the names of another certificate': authority.client({ dns: ['pinned.example.org'] }),
})) {
  test(`${what} is refused, unless unlisted certificates prove nothing`, async () => {
    assert.equal(await shows(pair), '401 credentials-invalid');
    assert.equal(await shows(pair, bearer(token)), '401 credentials-invalid');
    assert.equal(await shows(pair, {}, 'loose'), '401 unauthenticated');
    assert.equal(await shows(pair, bearer(token), 'loose'), 'ours');
  });
}

test('without a certificate the other ways to be identified count, and headers are no certificates', async () => {
  const claimed = { 'x-client-cert': encodeURIComponent(pinned.cert), 'x-ssl-client-s-dn': 'CN=robot,O=Example' };
  assert.equal(await shows(null, claimed), '401 unauthenticated');
  assert.equal(await shows(null, bearer(token)), 'ours');
  assert.equal(await shows(pinned, { 'x-ostiary-auth': token }), 'ours');
});

test('an authority of the same name is another one', async () => {
  const shown = shows(stranger.client({ dns: ['robot.example.org'] }));
  assert.notEqual(await shown.catch(() => 'refused'), 'by-dns');
});

for (const [rule, message] of [
  [{ user: 'ours', issuer: 'CN=Devices' }, /every certificate/],
  [{ user: 'ours' }, /every certificate/],
  [{ user: 'ours', fingerprint: 'ab:cd' }, /not a SHA-256 fingerprint/],
  [{ user: 'ours', subject: '' }, /empty/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(rule)}`, async () => {
    const said = await mistakesIn(yaml(taking('wrong', [rule])));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
