import assert from 'node:assert/strict';
import { argon2Sync, scryptSync } from 'node:crypto';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import type { Answer } from '../../support/http-client.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, service, workload, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url, headers }, response) => {
    response.writeHead(url === '/401' ? 401 : 200, { 'www-authenticate': 'Upstream' });
    response.end(JSON.stringify({ headers }));
  },
});
const NONCE = Buffer.from('0123456789abcdef');
const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const argon2 = (message: string) => {
  const made = argon2Sync('argon2id', { message, nonce: NONCE, parallelism: 1, tagLength: 32, memory: 256, passes: 2 });
  return `$argon2id$v=19$m=256,t=2,p=1$${bare(NONCE)}$${bare(made)}`;
};
const scrypt = (message: string) =>
  `$scrypt$ln=10,r=8,p=1$${bare(NONCE)}$${bare(scryptSync(message, NONCE, 32, { N: 1024, r: 8, p: 1 }))}`;

const SECRETS = {
  'argon-hash': argon2('sesame'),
  'scrypt-hash': scrypt('open:sesame'),
  plain: 'grüße',
  'no-hash': 'sesame',
  huge: '$argon2id$v=19$m=9999999,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3',
};
const secrets = Object.entries(SECRETS).map(
  ([name, value]): Document => ({ kind: 'Secret', metadata: { name }, spec: {}, data: { value } }),
);
const users = [
  { user: 'robot', username: 'argon', passwordHash: { fromSecret: 'argon-hash' } },
  { user: 'robot', username: 'scrypt', passwordHash: { fromSecret: 'scrypt-hash' } },
  { user: 'plainly', password: { fromSecret: 'plain' } },
  { user: 'robot', username: 'no-hash', passwordHash: { fromSecret: 'no-hash' } },
  { user: 'robot', username: 'huge', passwordHash: { fromSecret: 'huge' } },
  { user: 'robot', username: 'missing', password: { fromSecret: 'missing' } },
];

function basic(name: string, config: object = { users, realm: 'the "vault"' }, http: object = {}): Document {
  const plugins = [{ name: 'basic', phase: 'PRE_AUTH', condition: { matchAny: true }, basicAuth: config }];
  const identityAssertion = { headers: { user: 'X-Webauth-User' } };
  return service(name, { config: { upstream: { url: upstream.url }, http: { plugins, identityAssertion, ...http } } });
}

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      { ...ALLOW_ALL, spec: { ...ALLOW_ALL.spec, ingress: { trustedProxies: ['127.0.0.1/32'] } } },
      ...secrets,
      workload('robot'),
      workload('plainly'),
      workload('ours'),
      basic('vault'),
      basic('passing', { users }, { header: { authorizationMode: 'PASS' } }),
    ),
  },
});
const token = await gateway.token('ours');

const encoded = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
let address = 1;

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Each from an address of its own, unless it says otherwise. */
function show(authorization: string | readonly string[], more: Headers = {}, host = 'vault', path = '/') {
  return gateway.ask(host, path, { headers: { 'x-forwarded-for': `192.0.2.${address++}`, authorization, ...more } });
}

function who({ status, reason, body }: Answer): string {
  return status === 200 ? String(JSON.parse(body).headers['x-webauth-user']) : `${status} ${reason}`;
}

for (const [text, user] of [
  ['argon:sesame', 'robot'],
  ['scrypt:open:sesame', 'robot'],
  ['plainly:grüße', 'plainly'],
] as const) {
  test(`${text} makes its User act, also when it is remembered; no upstream sees the password`, async () => {
    for (const host of ['vault', 'passing', 'vault']) {
      assert.equal(who(await show(encoded(text), {}, host)), user);
      assert.equal(upstream.last.headers.authorization, undefined);
    }
    assert.equal(who(await show(encoded(text).replace('Basic', 'bAsIc'))), user);
  });
}

for (const [what, shown] of Object.entries({
  'a wrong password': encoded('argon:Sesame'),
  'no password': encoded('argon:'),
  'a name that is not there': encoded('nobody:sesame'),
  "another user's password": encoded('scrypt:sesame'),
  'the User instead of the name': encoded('robot:sesame'),
  'the hash itself': encoded(`argon:${SECRETS['argon-hash']}`),
  'a Secret that holds no hash': encoded('no-hash:sesame'),
  'a hash that would take all memory': encoded('huge:sesame'),
  'a Secret that is not there': encoded('missing:'),
  'no colon': encoded('argon'),
  'a control character': encoded('argon:sesame\n'),
  'bytes that are no UTF-8': `Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}`,
  'no base64': 'Basic !!!!',
  nothing: 'Basic',
  'a long password': encoded(`argon:${'x'.repeat(2000)}`),
  'two of them': [encoded('argon:sesame'), encoded('argon:sesame')],
})) {
  test(`is refused and not made up for by a session: ${what}`, async () => {
    const received = upstream.received.length;
    const answer = await show(shown);
    assert.equal(who(answer), '401 credentials-invalid');
    assert.match(answer.headers['www-authenticate'] ?? '', /Basic realm="the \\"vault\\"", charset="UTF-8"/);
    assert.equal(upstream.received.length, received);
    assert.ok(!answer.body.includes('Secret'));
  });
}

test('without a password the other ways to be identified count', async () => {
  const stranger = await gateway.ask('vault');
  assert.equal(who(stranger), '401 unauthenticated');
  assert.match(stranger.headers['www-authenticate'] ?? '', /Basic realm=/);
  assert.equal(who(await show(bearer(token).authorization!)), 'ours');
  assert.equal(who(await show(encoded('argon:wrong'), { 'x-ostiary-auth': token }, 'passing')), 'ours');
  assert.equal(upstream.last.headers.authorization, encoded('argon:wrong'));
});

test("an upstream's own 401 stays its own", async () => {
  const answer = await show(encoded('argon:sesame'), {}, 'vault', '/401');
  assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, 'Upstream']);
});

test('whoever guesses has to wait, all of an IPv6 network too; others and those who are known go on', async () => {
  for (const [one, other] of [
    ['198.51.100.1', '198.51.100.1'],
    ['2001:db8::1', '2001:db8::2'],
  ] as const) {
    const from = (client: string, text: string) => show(encoded(text), { 'x-forwarded-for': client }).then(who);
    assert.equal(await from(one, 'argon:sesame'), 'robot');
    for (let i = 0; i < 10; i++) assert.equal(await from(one, `plainly:guess-${i}`), '401 credentials-invalid');
    assert.equal(await from(other, 'plainly:guess'), '429 too-many-attempts');
    assert.equal(await from(other, 'scrypt:wrong'), '429 too-many-attempts');
    assert.equal(await from(other, 'argon:sesame'), 'robot');
    assert.equal(await from('203.0.113.9', 'plainly:wrong'), '401 credentials-invalid');
  }
});

test('a password that changes ends what was remembered of it', async () => {
  await gateway.command(['create', 'secret', 'changing'], 'first');
  const changing = { users: [{ user: 'robot', password: { fromSecret: 'changing' } }] };
  await gateway.write('changing.yaml', yaml(basic('changing', changing)));
  assert.equal(who(await show(encoded('robot:first'), {}, 'changing')), 'robot');
  await gateway.command(['update', 'secret', 'changing'], 'second');
  assert.equal(who(await show(encoded('robot:first'), {}, 'changing')), '401 credentials-invalid');
  assert.equal(who(await show(encoded('robot:second'), {}, 'changing')), 'robot');
});

for (const [config, message] of [
  [{ users: [users[0], users[0]] }, /is there already/],
  [{ users: [{ user: 'robot', username: 'a:b', password: { fromSecret: 'plain' } }] }, /no colon/],
  [{ users: [{ user: 'robot' }] }, /passwordHash/],
  [{ users: [{ user: 'robot', password: 'secret-in-clear' }] }, /services\.yaml/],
  [{}, /users/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(basic('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
    assert.ok(!said.includes('secret-in-clear'));
  });
}
