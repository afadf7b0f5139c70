import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { base64url, SignJWT } from 'jose';
import { HeaderList } from '../../src/base/header-list.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../support/oidc-provider.ts';
import { ALICE, DEMO_SIGN_IN, DOMAIN, IdentityFixture, provider } from '../unit/identity/fixture.ts';
import { type Claims, newKey, ScriptedProvider } from '../unit/identity/scripted-provider.ts';

const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

let issuer: ScriptedProvider;
let fixture: IdentityFixture;
let uid: string;
let tokens = 0;

before(async () => {
  issuer = await ScriptedProvider.start();
});
after(() => issuer.close());

beforeEach(async () => {
  fixture = new IdentityFixture();
  const demo = provider('demo', issuer.issuer);
  fixture.config = { ...fixture.config, identityProviders: [demo, provider('other', issuer.issuer)] };
  uid = await signIn('demo', 'alice', 's1');
});

async function signIn(name: string, subject: string, sid: string | null): Promise<string> {
  const terms = fixture.config.directory.sessionTermsOf(ALICE);
  const origin = { address: '192.0.2.1', userAgent: null };
  const session = await fixture.sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
  const at = { provider: name, issuer: issuer.issuer, subject, sid };
  await fixture.atProviders.keep(session, at, { idToken: new SecretValue('i'), refreshToken: null }, 0);
  return session.metadata.uid;
}

const now = () => Math.floor(Date.now() / 1000);

function honest(): Claims {
  const claims = { iss: issuer.issuer, aud: CLIENT_ID, iat: now(), exp: now() + 120, jti: `t${tokens++}` };
  return { ...claims, sub: 'alice', sid: 's1', events: EVENTS };
}

function without(...names: readonly string[]): Claims {
  return Object.fromEntries(Object.entries(honest()).filter(([name]) => !names.includes(name)));
}

function sign(claims: Claims, header: object = { typ: 'logout+jwt' }): Promise<string> {
  return issuer.key.sign(claims, header);
}

async function post(body: string, name = 'demo', type = 'application/x-www-form-urlencoded'): Promise<number> {
  const answer = await fixture.site(
    {
      method: 'POST',
      scheme: 'http',
      host: DOMAIN,
      authority: `${DOMAIN}:8080`,
      path: `/.ostiary/backchannel-logout/${name}`,
      query: new URLSearchParams(),
      headers: HeaderList.from([['content-type', type]]),
      clientAddress: '192.0.2.1',
      readBody: async () => ({ kind: 'read', bytes: Buffer.from(body) }),
    },
    fixture.config,
  );
  return answer?.kind === 'json' ? answer.status : 0;
}

async function tell(token: string | Promise<string>, name?: string): Promise<number> {
  return post(new URLSearchParams({ logout_token: await token }).toString(), name);
}

async function isThere(): Promise<boolean> {
  return (await fixture.sessions.find(uid)) !== null;
}

test('a logout token ends the session that it names', async () => {
  const other = await signIn('demo', 'alice', 's2');
  assert.equal(await tell(sign(honest())), 200);
  assert.equal(await isThere(), false);
  assert.notEqual(await fixture.sessions.find(other), null);
});

test('with the sub alone all sessions of the person at that provider end, with the sid alone that one', async () => {
  const second = await signIn('demo', 'alice', null);
  const elsewhere = await signIn('other', 'alice', 's1');
  const { sid, ...ofPerson } = honest();
  assert.equal(await tell(sign(ofPerson)), 200);
  assert.deepEqual([await isThere(), await fixture.sessions.find(second)], [false, null]);
  assert.notEqual(await fixture.sessions.find(elsewhere), null);
  const { sub, ...ofSession } = honest();
  assert.equal(await tell(sign(ofSession), 'other'), 200);
  assert.equal(await fixture.sessions.find(elsewhere), null);
});

test('the sid of one person does not end it with the sub of another', async () => {
  assert.equal(await tell(sign({ ...honest(), sub: 'bob' })), 200);
  assert.equal(await isThere(), true);
});

test('it is obeyed once', async () => {
  const token = await sign(honest());
  assert.equal(await tell(token), 200);
  uid = await signIn('demo', 'alice', 's1');
  assert.equal(await tell(token), 400);
  assert.equal(await isThere(), true);
});

test('what could not be carried out may be told again', async () => {
  const token = await sign(honest());
  const { revoke } = fixture.sessions;
  fixture.sessions.revoke = () => Promise.reject(new Error('the disk is full'));
  assert.notEqual(await tell(token), 200);
  fixture.sessions.revoke = revoke.bind(fixture.sessions);
  assert.equal(await tell(token), 200);
  assert.equal(await isThere(), false);
});

test('while the provider is down nothing can be verified, and once it is back the same token counts', async () => {
  const token = await sign(honest());
  issuer.outage = { status: 503, body: '' };
  assert.equal(await tell(token), 400);
  assert.equal(await isThere(), true);
  issuer.outage = null;
  assert.equal(await tell(token), 200);
  assert.equal(await isThere(), false);
});

/** The name says what is wrong with it. */
const FORGERIES: Readonly<Record<string, () => string | Promise<string>>> = {
  'an ID token': () => sign({ iss: issuer.issuer, aud: CLIENT_ID, sub: 'alice', iat: now(), exp: now() + 60 }, {}),
  'an access token': () => sign(honest(), { typ: 'at+jwt' }),
  'a nonce': () => sign({ ...honest(), nonce: 'n' }),
  'no events': () => sign(without('events')),
  'another event': () => sign({ ...honest(), events: { 'http://example.com/other': {} } }),
  'an event that is no object': () => sign({ ...honest(), events: { [Object.keys(EVENTS)[0]!]: true } }),
  'no jti': () => sign(without('jti')),
  'neither sid nor sub': () => sign(without('sid', 'sub')),
  'a sid that is no text': () => sign({ ...honest(), sid: { $ne: '' } }),
  'another issuer': () => sign({ ...honest(), iss: 'https://evil.example.com' }),
  'another audience': () => sign({ ...honest(), aud: 'another' }),
  'no iat': () => sign(without('iat')),
  'an iat long ago': () => sign({ ...honest(), iat: now() - 3600, exp: now() + 3600 }),
  'an iat to come': () => sign({ ...honest(), iat: now() + 3600, exp: now() + 7200 }),
  'an exp that is over': () => sign({ ...honest(), exp: now() - 120 }),
  'alg none': () => `${[{ alg: 'none' }, honest()].map((one) => base64url.encode(JSON.stringify(one))).join('.')}.`,
  'the client secret as its key': () =>
    new SignJWT(honest()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(CLIENT_SECRET)),
  'the key of somebody else': async () => (await newKey('k')).sign(honest()),
  'nothing in it': () => '',
};

for (const [name, forge] of Object.entries(FORGERIES)) {
  test(`a logout token with ${name} ends nothing`, async () => {
    assert.equal(await tell(forge()), 400);
    assert.equal(await isThere(), true);
  });
}

test('it must come once, in a form, for a provider that is known', async () => {
  const token = await sign(honest());
  assert.equal(await post(`logout_token=${token}&logout_token=${token}`), 400);
  assert.equal(await post(JSON.stringify({ logout_token: token }), 'demo', 'application/json'), 0);
  assert.equal(await tell(token, 'nobody'), 400);
  assert.equal(await isThere(), true);
  assert.equal(await tell(token), 200);
});
