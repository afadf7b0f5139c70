import assert from 'node:assert/strict';
import { createPublicKey, type webcrypto } from 'node:crypto';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { base64url, SignJWT } from 'jose';
import { type Completed, RelyingParty } from '../../identity/oidc/relying-party.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../support/oidc-provider.ts';
import { TestClock } from '../support/test-clock.ts';
import { provider } from '../unit/identity/fixture.ts';
import { newKey, ScriptedProvider } from '../unit/identity/scripted-provider.ts';

const REDIRECT_URI = 'http://ostiary.localhost:8080/.ostiary/callback/demo';

let issuer: ScriptedProvider;
let relyingParty: RelyingParty;

beforeEach(async () => {
  issuer = await ScriptedProvider.start();
  relyingParty = party();
});
afterEach(() => issuer.close());

function party(): RelyingParty {
  return new RelyingParty({ openSecret: () => new SecretValue(CLIENT_SECRET), clock: new TestClock(), timeout: 0.5 });
}

interface Answering {
  readonly oidc?: object;
  readonly change?: (callback: URL) => void;
}

async function signIn({ oidc = {}, change = () => {} }: Answering = {}): Promise<Completed> {
  const demo = provider('demo', issuer.issuer, oidc);
  const begun = await relyingParty.begin({ provider: demo, redirectUri: REDIRECT_URI });
  if (begun.kind !== 'begun') return begun;
  issuer.nonce = begun.nonce;
  const callbackUrl = new URL(`${REDIRECT_URI}?code=c&state=${begun.state}&iss=${encodeURIComponent(issuer.issuer)}`);
  change(callbackUrl);
  return relyingParty.complete({ provider: demo, callbackUrl, proof: begun });
}

async function outcomeOf(answering: Answering = {}): Promise<string> {
  const outcome = await signIn(answering);
  return outcome.kind === 'refused' ? outcome.code : outcome.kind;
}

const part = (value: object) => base64url.encode(JSON.stringify(value));
const now = () => Math.floor(Date.now() / 1000);

/** The name says what the ID token has. */
const ID_TOKENS: Readonly<Record<string, (it: ScriptedProvider) => void | Promise<void>>> = {
  'another iss': (it) => {
    it.claims = { iss: 'https://evil.example.com' };
  },
  'the iss with another path': (it) => {
    it.claims = { iss: `${it.issuer}/tenant` };
  },
  'another aud': (it) => {
    it.claims = { aud: 'somebody-else' };
  },
  'several aud and the azp of another': (it) => {
    it.claims = { aud: [CLIENT_ID, 'another'], azp: 'another' };
  },
  'another nonce': (it) => {
    it.claims = { nonce: 'another' };
  },
  'no nonce': (it) => {
    it.forge = ({ nonce, ...claims }) => it.sign(claims);
  },
  'no sub': (it) => {
    it.forge = ({ sub, ...claims }) => it.sign(claims);
  },
  'no iat': (it) => {
    it.forge = ({ iat, ...claims }) => it.sign(claims);
  },
  'no exp': (it) => {
    it.forge = ({ exp, ...claims }) => it.sign(claims);
  },
  'an exp that is over': (it) => {
    it.claims = { iat: now() - 7200, exp: now() - 3600 };
  },
  'an nbf to come': (it) => {
    it.claims = { nbf: now() + 3600 };
  },
  'a broken signature': (it) => {
    it.forge = async (claims) => {
      const [header, payload, signature] = (await it.sign(claims)).split('.');
      return `${header}.${payload}.${signature!.startsWith('A') ? 'B' : 'A'}${signature!.slice(1)}`;
    };
  },
  'alg none': (it) => {
    it.forge = (claims) => `${part({ alg: 'none' })}.${part(claims)}.`;
  },
  'alg none, where the provider says that it uses it': (it) => {
    it.metadata = { id_token_signing_alg_values_supported: ['none'] };
    it.forge = (claims) => `${part({ alg: 'none' })}.${part(claims)}.`;
  },
  'an HMAC with the public key, CVE-2015-9235': (it) => {
    it.metadata = { id_token_signing_alg_values_supported: ['ES256', 'HS256'] };
    const pem = createPublicKey({ key: it.key.jwk as webcrypto.JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    it.forge = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k' }).sign(Buffer.from(pem.toString()));
  },
  'an algorithm that the provider does not state': async (it) => {
    const other = await newKey('k2', 'ES384');
    it.keys = [it.key.jwk, other.jwk];
    it.forge = (claims) => other.sign(claims);
  },
  'a key in its own header, CVE-2018-0114': async (it) => {
    const own = await newKey('k');
    it.forge = (claims) => own.sign(claims, { jwk: own.jwk });
  },
  'the kid of no key': async (it) => {
    it.forge = (claims) => it.key.sign(claims, { kid: 'unknown' });
  },
  'no kid, with several keys': async (it) => {
    it.keys = [it.key.jwk, (await newKey('k2')).jwk];
    it.forge = (claims) => it.key.sign(claims, { kid: undefined });
  },
  'a critical header that nobody knows': (it) => {
    it.forge = async (claims) => {
      const [, , signature] = (await it.sign(claims)).split('.');
      return `${part({ alg: 'ES256', kid: 'k', crit: ['x'], x: 1 })}.${part(claims)}.${signature}`;
    };
  },
};

for (const [name, lie] of Object.entries(ID_TOKENS)) {
  test(`an ID token with ${name} signs nobody in`, async () => {
    await lie(issuer);
    assert.equal(await outcomeOf(), 'provider-answer-invalid');
  });
}

test('without a kid the only key counts', async () => {
  issuer.forge = (claims) => issuer.key.sign(claims, { kid: undefined });
  assert.equal(await outcomeOf(), 'signed-in');
});

test('UserInfo about somebody else is refused, and so is one that says of nobody', async () => {
  issuer.metadata = { userinfo_endpoint: `${issuer.issuer}/userinfo` };
  const oidc = { useUserInfoEndpoint: true };
  assert.equal(await outcomeOf({ oidc }), 'signed-in');
  issuer.userInfo = { sub: 'mallory' };
  assert.notEqual(await outcomeOf({ oidc }), 'signed-in');
  issuer.userInfo = {};
  assert.notEqual(await outcomeOf({ oidc }), 'signed-in');
});

test('UserInfo changes no claim that says whose the ID token is, and verifies no address of the ID token', async () => {
  issuer.metadata = { userinfo_endpoint: `${issuer.issuer}/userinfo` };
  issuer.claims = { email: 'victim@example.com' };
  issuer.userInfo = { sub: 'alice', iss: 'https://evil.example.com', aud: 'x', email_verified: true };
  const completed = await signIn({ oidc: { useUserInfoEndpoint: true } });
  assert.equal(completed.kind, 'signed-in');
  if (completed.kind !== 'signed-in') return;
  assert.deepEqual([completed.issuer, completed.verifiedEmail], [issuer.issuer, null]);
  assert.equal(completed.claims.aud, CLIENT_ID);
});

test('a provider that promises UserInfo and has none is said to be misconfigured', async () => {
  assert.equal(await outcomeOf({ oidc: { useUserInfoEndpoint: true } }), 'provider-misconfigured');
});

test('a discovery document of another issuer is not believed', async () => {
  for (const other of ['https://evil.example.com', `${issuer.issuer}/tenant`]) {
    issuer.metadata = { issuer: other };
    relyingParty = party();
    assert.equal(await outcomeOf(), 'provider-misconfigured', other);
  }
});

test('the answer of one provider does not count at the callback of another (mix-up)', async () => {
  const other = await ScriptedProvider.start();
  try {
    const iss = encodeURIComponent(other.issuer);
    assert.equal(
      await outcomeOf({ change: (url) => url.searchParams.set('iss', decodeURIComponent(iss)) }),
      'provider-answer-invalid',
    );
    // Without `iss` in the answer the code goes to whom the person was sent to, and that one's own ID token tells.
    issuer.metadata = { authorization_response_iss_parameter_supported: false };
    relyingParty = party();
    issuer.forge = (claims) => other.sign({ ...claims, iss: other.issuer });
    assert.equal(await outcomeOf({ change: (url) => url.searchParams.delete('iss') }), 'provider-answer-invalid');
  } finally {
    await other.close();
  }
});

test('a key set without end, or that never comes, signs nobody in and holds nobody up', async () => {
  issuer.keys = 'endless';
  assert.notEqual(await outcomeOf(), 'signed-in');
  issuer.keys = 'hangs';
  relyingParty = party();
  assert.equal(await outcomeOf(), 'provider-unreachable');
  issuer.keys = null;
  assert.equal(await outcomeOf(), 'signed-in');
});

test('a provider that changes its key is followed, and strange kids do not make it be asked again and again', async () => {
  const first = await signIn();
  assert.equal(first.kind, 'signed-in');
  const next = await newKey('next');
  issuer.keys = [next.jwk];
  issuer.forge = (claims) => next.sign({ ...claims, iat: now(), exp: now() + 300 });
  assert.equal(await outcomeOf(), 'provider-answer-invalid');
  assert.equal(issuer.keySets, 1);
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 });
  try {
    assert.equal(await outcomeOf(), 'signed-in');
    assert.equal(issuer.keySets, 2);
    issuer.forge = (claims) => issuer.sign({ ...claims, iat: now(), exp: now() + 300 });
    assert.equal(await outcomeOf(), 'provider-answer-invalid', 'the former key is gone');
  } finally {
    mock.timers.reset();
  }
});

test('a refresh that speaks of somebody else ends what it was for', async () => {
  const demo = provider('demo', issuer.issuer);
  issuer.forge = ({ nonce, ...claims }) => issuer.sign({ ...claims, sub: 'mallory' });
  const outcome = await relyingParty.refresh(demo, new SecretValue('r'), 'alice');
  assert.deepEqual(outcome, { kind: 'over', detail: 'the new ID token is about somebody else' });
});

test('nobody is sent to sign out at an address without HTTPS', async () => {
  issuer.metadata = { end_session_endpoint: 'http://evil.example.com/end' };
  assert.equal(await relyingParty.signOutUrl(provider('demo', issuer.issuer), {}), null);
});

test('a provider that is to be asked anew and gives no refresh token signs nobody in', async () => {
  const oidc = { refresh: { interval: '5m' } };
  assert.equal(await outcomeOf({ oidc }), 'provider-misconfigured');
  issuer.tokens = { refresh_token: 'r' };
  assert.equal(await outcomeOf({ oidc }), 'signed-in');
});
