import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { IdentityProvider, OidcIdentityToken, User } from '../../../src/model/index.ts';
import { ALICE, ROBOT, user } from './fixture.ts';
import { Issuer } from './issuer.ts';
import { client, OAuth2World, said } from './oauth2-world.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const SUBJECT = 'repo:example/app';

const issuers: Issuer[] = [];
after(() => Promise.all(issuers.map((issuer) => issuer.close())));

function identity(owner: User, identifier = SUBJECT): User {
  const authentication = { identities: [{ identityProvider: 'jobs', identifier }] };
  return { ...owner, spec: { ...owner.spec, authentication } };
}

async function world(settings: Partial<OidcIdentityToken> = {}, users: readonly User[] = [ALICE, identity(ROBOT)]) {
  const issuer = await Issuer.start();
  issuers.push(issuer);
  await issuer.newKey();
  const oauth = new OAuth2World();
  oauth.state([], users);
  const jobs: IdentityProvider = {
    kind: 'IdentityProvider',
    metadata: { name: 'jobs' },
    spec: { oidcIdentityToken: { issuerURL: issuer.url, ...settings } },
  };
  oauth.config = { ...oauth.config, tokenIssuers: [jobs] };
  const signed = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    issuer.token(oauth.clock.now(), claims, header);
  const exchange = (assertion: string, more = {}) => oauth.token({ grant_type: GRANT, assertion, ...more });
  return { oauth, issuer, signed, exchange };
}

test('the token of a job is good for one of ours, as assertion of the grant or of the client', async () => {
  const { oauth, signed, exchange } = await world();
  const byGrant = await exchange(await signed(), { scope: 'service:api' });
  assert.deepEqual([byGrant.status, byGrant.value.scope], [200, 'service:api']);
  const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: await signed(), client_id: SUBJECT };
  const byClient = await oauth.token({ grant_type: 'client_credentials', ...form });
  assert.equal(byClient.status, 200);
  const principal = await oauth.whoIs(String(byClient.value.access_token));
  assert.equal(principal?.user?.metadata.name, 'robot');
  const { info } = principal!.session!.status.authentication;
  assert.deepEqual([info.type, info.identityProvider?.subject], ['IDENTITY_PROVIDER', SUBJECT]);
});

for (const alg of ['RS256', 'ES384', 'EdDSA']) {
  test(`${alg} is taken`, async () => {
    const { oauth, issuer, exchange } = await world();
    const key = await issuer.newKey(alg);
    assert.equal((await exchange(await issuer.token(oauth.clock.now(), {}, {}, key))).status, 200);
  });
}

type Make = (made: Awaited<ReturnType<typeof world>>) => Promise<string>;
const MINUTE = 60;
const seconds = ({ oauth }: Awaited<ReturnType<typeof world>>) => Math.floor(oauth.clock.now() / 1000);

const REFUSED: readonly (readonly [what: string, make: Make])[] = [
  ['no JWT', async () => 'x'],
  ['a JWT of 20 KB', ({ signed }) => signed({ x: 'x'.repeat(20_000) })],
  ['another issuer', ({ signed }) => signed({ iss: 'https://elsewhere.example' })],
  ['no issuer', ({ signed }) => signed({ iss: undefined })],
  ['another audience', ({ signed }) => signed({ aud: 'https://elsewhere.example' })],
  ['no audience', ({ signed }) => signed({ aud: undefined })],
  ['us and another audience', ({ signed }) => signed({ aud: ['https://ostiary.localhost', 'https://other.example'] })],
  ['no subject', ({ signed }) => signed({ sub: undefined })],
  ['an unknown subject', ({ signed }) => signed({ sub: 'repo:example/other' })],
  ['no end', ({ signed }) => signed({ exp: undefined })],
  ['an end in the past', (made) => made.signed({ exp: seconds(made) - 2 * MINUTE })],
  ['a beginning in the future', (made) => made.signed({ nbf: seconds(made) + 2 * MINUTE })],
  ['issued in the future', (made) => made.signed({ iat: seconds(made) + 2 * MINUTE })],
  ['a token of another kind', ({ signed }) => signed({}, { typ: 'logout+jwt' })],
  ['a logout token that does not say so', ({ signed }) => signed({ events: {} })],
  ['a token that is bound to a key', ({ signed }) => signed({ cnf: { jkt: 'x' } })],
  ['a key of its own', ({ signed }) => signed({}, { jwk: { kty: 'EC' } })],
  ['an address of keys of its own', ({ signed }) => signed({}, { jku: 'https://elsewhere.example' })],
  ['an unknown critical header', ({ signed }) => signed({}, { crit: ['x'], x: 1 })],
  ['claims that look like an answer of ours', ({ signed }) => signed({ aud: 'x', kind: 'verified', user: ROBOT })],
  ['an unknown key', ({ signed }) => signed({}, { kid: 'elsewhere' })],
  [
    'alg none',
    async ({ issuer, oauth }) =>
      new UnsecuredJWT({ sub: SUBJECT })
        .setIssuer(issuer.url)
        .setAudience('https://ostiary.localhost')
        .setExpirationTime(new Date(oauth.clock.now() + 60_000))
        .encode(),
  ],
  [
    'the public key as a shared secret',
    async ({ issuer, oauth }) =>
      new SignJWT({ sub: SUBJECT, iss: issuer.url, aud: 'https://ostiary.localhost' })
        .setExpirationTime(new Date(oauth.clock.now() + 60_000))
        .setProtectedHeader({ alg: 'HS256', kid: 'key-0' })
        .sign(Buffer.from(JSON.stringify(issuer.keys[0]!.jwk))),
  ],
  ['a changed signature', async ({ signed }) => `${(await signed()).slice(0, -6)}AAAAAA`],
];

for (const [what, make] of REFUSED) {
  test(`${what}: refused, as grant and as client`, async () => {
    const made = await world();
    const assertion = await make(made);
    assert.equal(said(await made.exchange(assertion)), '400 invalid_grant');
    const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
    assert.equal(said(await made.oauth.token({ grant_type: 'client_credentials', ...form })), '401 invalid_client');
  });
}

test('a subject that is a person, disabled, or two users gets no token', async () => {
  const disabled = { ...ROBOT, spec: { ...ROBOT.spec, isDisabled: true } };
  const second = identity(user('second', { type: 'WORKLOAD' }));
  for (const users of [[identity(ALICE)], [identity(disabled)], [identity(ROBOT), second]]) {
    const { signed, exchange } = await world({}, users);
    assert.equal(said(await exchange(await signed())), '400 invalid_grant');
  }
});

test('a token with a jti is good once, whichever way it is shown', async () => {
  const { signed, exchange, oauth } = await world();
  const once = await signed({ jti: 'one' });
  assert.equal((await exchange(once)).status, 200);
  assert.equal(said(await exchange(once)), '400 invalid_grant');
  const form = { client_assertion_type: ASSERTION_TYPE, client_assertion: once };
  assert.equal(said(await oauth.token({ grant_type: 'client_credentials', ...form })), '401 invalid_client');
});

test('the wrong form of a client assertion is refused', async () => {
  const { oauth, signed } = await world();
  const cc = { grant_type: 'client_credentials' };
  const shown = { client_assertion_type: ASSERTION_TYPE, client_assertion: await signed() };
  assert.equal(said(await oauth.token({ ...cc, ...shown, client_id: 'another' })), '401 invalid_client');
  assert.equal(said(await oauth.token({ ...cc, ...shown, client_assertion_type: 'saml' })), '401 invalid_client');
  assert.equal(said(await oauth.token({ ...cc, client_assertion_type: ASSERTION_TYPE })), '400 invalid_request');
  const both = { ...shown, client_id: SUBJECT, client_secret: 'x' };
  assert.equal(said(await oauth.token({ ...cc, ...both })), '400 invalid_request');
  assert.equal(said(await oauth.token({ grant_type: GRANT })), '400 invalid_request');
});

test('a job ends its tokens, and those of no other workload', async () => {
  const { oauth, signed, exchange } = await world();
  const token = String((await exchange(await signed())).value.access_token);
  const credentials = { client_assertion_type: ASSERTION_TYPE, client_assertion: await signed() };
  oauth.state([client('ci')], [identity(ROBOT)]);
  const others = await oauth.client();
  assert.equal(said(await oauth.post('/oauth2/revoke', { token, ...others })), '400 unauthorized_client');
  assert.equal(said(await oauth.post('/oauth2/revoke', { token, ...credentials })), '200 ok');
  assert.equal(await oauth.whoIs(token), null);
});

test('keys may be stated, with an audience of our choice, and nobody is asked for them', async () => {
  const { issuer } = await world();
  const jwksContent = JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) });
  const stated = { issuerURL: undefined, jwksContent, issuer: issuer.url, audience: 'gateway' } as object;
  const { oauth, exchange } = await world(stated);
  issuer.asked.length = 0;
  const assertion = await issuer.token(oauth.clock.now(), { aud: 'gateway' });
  assert.equal((await exchange(assertion)).status, 200);
  assert.deepEqual(issuer.asked, []);
});

test('keys are read once, and an unknown key does not make us ask again and again', async () => {
  const { issuer, signed, exchange } = await world();
  for (let i = 0; i < 3; i++) assert.equal((await exchange(await signed())).status, 200);
  for (let i = 0; i < 5; i++) await exchange(await signed({}, { kid: `unknown-${i}` }));
  assert.deepEqual(issuer.asked, ['/.well-known/openid-configuration', '/keys']);
});

const BROKEN: readonly (readonly [what: string, answer: NonNullable<Issuer['answer']>])[] = [
  ['fails', () => ({ status: 500, body: '{}' })],
  ['hangs', () => 'nothing'],
  ['hangs with its keys', (path) => (path === '/keys' ? 'nothing' : null)],
  ['redirects', () => ({ status: 302, body: '{}' })],
  ['is huge', (path) => (path === '/keys' ? { body: 'x'.repeat(2 * 1024 * 1024) } : null)],
  ['gives no key set', (path) => (path === '/keys' ? { body: '[]' } : null)],
  ['gives no JSON', (path) => (path === '/keys' ? { body: '<html>' } : null)],
];

for (const [what, answer] of BROKEN) {
  test(`an issuer that ${what} lets nobody in and is left alone for a while`, async () => {
    const { issuer, signed, exchange } = await world();
    issuer.answer = answer;
    const assertion = await signed();
    const refusedAs = async () => {
      await assert.rejects(exchange(assertion), /identity-unavailable/);
    };
    for (let i = 0; i < 3; i++) await refusedAs();
    assert.ok(issuer.asked.length <= 2, issuer.asked.join(' '));
  });
}

test('a discovery document of another issuer is refused', async () => {
  const { issuer, signed, exchange } = await world();
  issuer.discovery = { issuer: 'https://elsewhere.example' };
  await assert.rejects(exchange(await signed()), /identity-unavailable/);
});

test('keys are not read without HTTPS from elsewhere', async () => {
  const { issuer, signed, exchange } = await world();
  issuer.discovery = { jwks_uri: 'http://keys.example/' };
  await assert.rejects(exchange(await signed()), /without HTTPS/);
});
