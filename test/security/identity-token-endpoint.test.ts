/** The endpoints of OAuth 2.0 against strangers: floods, broken proofs, secrets in the wrong place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../src/base/header-list.ts';
import type { IdentityProvider } from '../../src/model/index.ts';
import { ALICE, DEMO_SIGN_IN, DOMAIN, user } from '../unit/identity/fixture.ts';
import { Issuer } from '../unit/identity/issuer.ts';
import { type Fields, OAuth2World, said } from '../unit/identity/oauth2-world.ts';

const CLI = { client_id: 'ostiary-cli' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What an address answered, as the gateway logs it. */
async function logged(world: OAuth2World, path: string, form: Fields | string, headers: Fields = {}): Promise<string> {
  const bytes = Buffer.from(typeof form === 'string' ? form : new URLSearchParams(form).toString());
  const request = {
    method: 'POST',
    scheme: 'https',
    host: DOMAIN,
    authority: DOMAIN,
    path,
    query: new URLSearchParams(),
    headers: HeaderList.from(Object.entries({ ...FORM, ...headers })),
    clientAddress: '192.0.2.7',
    readBody: async () => ({ kind: 'read', bytes }) as const,
  } as const;
  return JSON.stringify(await world.oauth2(request, world.config));
}

test('who has a network of IPv6 is held to what one address may do', async () => {
  const world = new OAuth2World();
  const answers: string[] = [];
  for (let i = 0; i < 40; i++) {
    world.clientAddress = `2001:db8:0:1:${i.toString(16)}::1`;
    answers.push(said(await world.post('/oauth2/device_authorization', CLI)));
  }
  assert.equal(answers.at(-1), '429 slow_down');
  world.clientAddress = '2001:db8:0:2::1';
  assert.equal(said(await world.post('/oauth2/device_authorization', CLI)), '200 ok', 'and nobody else is');
});

test('wrong secrets from many addresses of a network are one stranger', async () => {
  const world = new OAuth2World();
  const { client_id } = await world.client();
  const answers: string[] = [];
  for (let i = 0; i < 12; i++) {
    world.clientAddress = `2001:db8::${i.toString(16)}`;
    const shown = { client_id, client_secret: 'x' };
    answers.push(said(await world.token({ grant_type: 'client_credentials', ...shown })));
  }
  assert.equal(answers.at(-1), '429 slow_down');
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const BROKEN_KEYS: readonly (readonly [what: string, jwk: object | string])[] = [
  ['a point that is not on the curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
  ['another curve', { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA' }],
  ['a curve that is none', { kty: 'EC', crv: 'constructor', x: 'AA', y: 'AA' }],
  ['no key', {}],
  ['a text', 'x'],
  ['a shared key', { kty: 'oct', k: 'AA' }],
  ['a type that is none', { kty: '__proto__' }],
  ['numbers', { kty: 'EC', crv: 'P-256', x: 1, y: 2 }],
  ['a private key', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }],
];

for (const [what, jwk] of BROKEN_KEYS) {
  test(`a proof whose key is ${what} is a mistake of its sender, not ours`, async () => {
    const world = new OAuth2World();
    const header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk });
    const dpop = `${header}.${encode({ jti: 'x', htm: 'POST', htu: 'https://x', iat: 1 })}.${'A'.repeat(86)}`;
    const form = { grant_type: 'client_credentials', ...(await world.client()) };
    assert.match(await logged(world, '/oauth2/token', form, { dpop }), /invalid_dpop_proof/);
  });
}

test('a secret in the place of the client id is not logged', async () => {
  const world = new OAuth2World();
  const { client_id, client_secret } = await world.client();
  const swapped = { client_id: client_secret, client_secret: client_id };
  const answer = await logged(world, '/oauth2/token', { grant_type: 'client_credentials', ...swapped });
  assert.match(answer, /invalid_client/);
  assert.ok(!answer.includes(client_secret.slice(7, 30)), answer);
});

test('a secret as the name of a parameter is not logged', async () => {
  const world = new OAuth2World();
  const { client_secret } = await world.client();
  const answer = await logged(world, '/oauth2/token', `${client_secret}=&${client_secret}=`);
  assert.match(answer, /a parameter is repeated/);
  assert.ok(!answer.includes(client_secret.slice(7, 30)), answer);
});

test('a job is no User who states another issuer or subject beside the same name', async () => {
  const issuer = await Issuer.start();
  try {
    await issuer.newKey();
    for (const pin of [{ issuer: 'https://elsewhere.example' }, { subject: 'repo:example/other' }, {}]) {
      const world = new OAuth2World();
      const identities = [{ identityProvider: 'jobs', identifier: 'repo:example/app', ...pin }];
      world.state([], [user('robot', { type: 'WORKLOAD', authentication: { identities } })]);
      const spec = { oidcIdentityToken: { issuerURL: issuer.url } };
      const jobs: IdentityProvider = { kind: 'IdentityProvider', metadata: { name: 'jobs' }, spec };
      world.config = { ...world.config, tokenIssuers: [jobs] };
      const assertion = await issuer.token(world.clock.now());
      const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      const expected = Object.keys(pin).length === 0 ? '200 ok' : '400 invalid_grant';
      assert.equal(said(await world.token({ grant_type, assertion })), expected, JSON.stringify(pin));
    }
  } finally {
    await issuer.close();
  }
});

test('a device gets nothing by the approval of a session that has ended since', async () => {
  for (const after of ['revoke', 'suspend'] as const) {
    const world = new OAuth2World();
    const { value } = await world.post('/oauth2/device_authorization', CLI);
    const terms = world.config.directory.sessionTermsOf(ALICE);
    const origin = { address: '192.0.2.9', userAgent: null };
    const session = await world.sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
    const cookie = `__Host-ostiary-session=${await world.sessions.addBrowserHandle(session, DOMAIN)}`;
    const form = { user_code: String(value.user_code), decision: 'approve' };
    const shown = await logged(world, '/device', form, { cookie, origin: `https://${DOMAIN}` });
    assert.match(shown, /"outcome":"approve"/);
    if (after === 'revoke') await world.sessions.revoke(session.metadata.uid);
    else await world.sessions.setState(session.metadata.uid, 'REJECTED');
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const polled = await world.token({ grant_type, device_code: String(value.device_code), ...CLI });
    assert.equal(said(polled), '400 access_denied', after);
  }
});
