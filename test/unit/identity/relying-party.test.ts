import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { base64url, SignJWT } from 'jose';
import { type Completed, RelyingParty } from '../../../identity/oidc/relying-party.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../support/oidc-provider.ts';
import { TestClock } from '../../support/test-clock.ts';
import { provider } from './fixture.ts';
import { ScriptedProvider } from './scripted-provider.ts';

const REDIRECT_URI = 'http://ostiary.localhost:8080/.ostiary/callback/demo';

let issuer: ScriptedProvider;
let clock: TestClock;
let secret: string | null;
let relyingParty: RelyingParty;

beforeEach(async () => {
  issuer = await ScriptedProvider.start();
  clock = new TestClock();
  secret = CLIENT_SECRET;
  relyingParty = new RelyingParty({ openSecret: () => (secret === null ? null : new SecretValue(secret)), clock });
});
afterEach(() => issuer.close());

function begin(issuerURL = issuer.issuer, oidc = {}) {
  return relyingParty.begin({ provider: provider('demo', issuerURL, oidc), redirectUri: REDIRECT_URI });
}

/** A whole sign-in with whatever the scripted provider was told to answer. */
async function signIn(change: (callback: URL) => void = () => {}): Promise<Completed> {
  const begun = await begin();
  if (begun.kind !== 'begun') return begun;
  issuer.nonce = begun.nonce;
  const callbackUrl = new URL(`${REDIRECT_URI}?code=c&state=${begun.state}&iss=${encodeURIComponent(issuer.issuer)}`);
  change(callbackUrl);
  return relyingParty.complete({ provider: provider('demo', issuer.issuer), callbackUrl, proof: begun });
}

function codeOf(outcome: { kind: string; code?: string }): string {
  return outcome.code ?? outcome.kind;
}

test('the sign-in asks for a code with PKCE, state and nonce', async () => {
  const begun = await begin();
  assert.equal(begun.kind, 'begun');
  if (begun.kind !== 'begun') return;
  const { origin, pathname, searchParams } = new URL(begun.url);
  assert.equal(`${origin}${pathname}`, `${issuer.issuer}/authorize`);
  const { code_challenge, ...rest } = Object.fromEntries(searchParams);
  assert.match(code_challenge!, /^[\w-]{43}$/);
  assert.deepEqual(rest, {
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid profile email',
    state: begun.state,
    nonce: begun.nonce,
    code_challenge_method: 'S256',
  });
});

test('stated scopes replace the default ones, and openid is always among them', async () => {
  const begun = await begin(issuer.issuer, { scopes: ['groups', 'openid'] });
  assert.equal(begun.kind === 'begun' && new URL(begun.url).searchParams.get('scope'), 'openid groups');
});

test('an honest answer says who signed in', async () => {
  issuer.claims = { email: 'a@example.com', email_verified: true };
  const completed = await signIn();
  assert.equal(completed.kind, 'signed-in');
  if (completed.kind !== 'signed-in') return;
  const { claims, tokens, ...rest } = completed;
  assert.deepEqual(tokens, { idToken: null, refreshToken: null });
  assert.equal(claims.email, 'a@example.com');
  assert.deepEqual(rest, {
    kind: 'signed-in',
    tellsOfLogout: false,
    issuer: issuer.issuer,
    subject: 'alice',
    identifier: 'alice',
    verifiedEmail: 'a@example.com',
  });
});

test('the client secret goes where the provider wants it', async () => {
  await signIn();
  const basic = `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}`;
  assert.equal(decodeURIComponent(atob(issuer.tokenRequests[0]!.authorization!.slice(6))), atob(basic.slice(6)));
  relyingParty = new RelyingParty({ openSecret: () => new SecretValue(CLIENT_SECRET), clock });
  issuer.metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
  await signIn();
  assert.equal(issuer.tokenRequests[1]!.form.get('client_secret'), CLIENT_SECRET);
  assert.equal(issuer.tokenRequests[1]!.authorization, undefined);
});

const jwt = (header: object, claims: object) =>
  [header, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.');

const FORGERIES: Record<string, (it: ScriptedProvider) => void> = {
  'no signature, alg none,': (it) => {
    it.forge = (claims) => `${jwt({ alg: 'none' }, claims)}.`;
  },
  'a shared-key signature with the client secret': (it) => {
    it.forge = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(CLIENT_SECRET));
  },
  'the signature of another key': (it) => {
    it.forge = async (claims) => {
      const other = await ScriptedProvider.start();
      await other.close();
      return other.sign(claims);
    };
  },
  'claims that were changed after signing': (it) => {
    it.forge = async (claims) => {
      const [header, , signature] = (await it.sign(claims)).split('.');
      return `${header}.${base64url.encode(JSON.stringify({ ...claims, sub: 'admin' }))}.${signature}`;
    };
  },
  'another issuer': (it) => {
    it.claims = { iss: 'https://evil.example.com' };
  },
  'another audience': (it) => {
    it.claims = { aud: 'somebody-else' };
  },
  'several audiences without an authorized party': (it) => {
    it.claims = { aud: [CLIENT_ID, 'somebody-else'], azp: 'somebody-else' };
  },
  'an expired ID token': (it) => {
    it.claims = { exp: Math.floor(Date.now() / 1000) - 3600 };
  },
  'the nonce of another sign-in': (it) => {
    it.claims = { nonce: 'another' };
  },
  'no content': (it) => {
    it.forge = () => '';
  },
};

for (const [name, forge] of Object.entries(FORGERIES)) {
  test(`an ID token with ${name} signs nobody in`, async () => {
    forge(issuer);
    assert.equal(codeOf(await signIn()), 'provider-answer-invalid');
  });
}

test('another issuer in the callback, or none where it is promised, is refused', async () => {
  assert.equal(
    codeOf(await signIn((url) => url.searchParams.set('iss', 'https://evil.example.com'))),
    'provider-answer-invalid',
  );
  assert.equal(codeOf(await signIn((url) => url.searchParams.delete('iss'))), 'provider-answer-invalid');
});

test('another state in the callback, or none, is refused', async () => {
  assert.equal(codeOf(await signIn((url) => url.searchParams.set('state', 'another'))), 'provider-answer-invalid');
  assert.equal(codeOf(await signIn((url) => url.searchParams.delete('state'))), 'provider-answer-invalid');
  assert.deepEqual(issuer.tokenRequests, []);
});

test('what the provider declines is declined, and its words go to the log', async () => {
  const cases = { access_denied: 'sign-in-cancelled', temporarily_unavailable: 'provider-declined' };
  for (const [error, code] of Object.entries(cases)) {
    const declined = await signIn((url) => {
      url.searchParams.delete('code');
      url.searchParams.set('error', error);
      url.searchParams.set('error_description', 'not today');
    });
    assert.deepEqual(declined, { kind: 'refused', code, detail: `${error}: not today` });
  }
});

test('many sign-ins at once read the discovery document once, and it is kept for an hour', async () => {
  await Promise.all([begin(), begin(), begin()]);
  await begin();
  assert.equal(issuer.discoveries, 1);
  clock.advance(3_600_000);
  await begin();
  assert.equal(issuer.discoveries, 2);
});

test('after a failure the next sign-in tries again', async () => {
  issuer.outage = { status: 500, body: '{}' };
  assert.equal(codeOf(await begin()), 'provider-unreachable');
  issuer.outage = null;
  assert.equal(codeOf(await begin()), 'begun');
});

test('a provider that is not there is unreachable', async () => {
  const { issuer: address } = issuer;
  await issuer.close();
  const begun = await begin(address);
  assert.equal(codeOf(begun), 'provider-unreachable');
  assert.match((begun as { detail: string }).detail, /ECONNREFUSED/);
  issuer = await ScriptedProvider.start();
});

test('HTTPS to a provider that speaks HTTP is said without the words of OpenSSL', async () => {
  const begun = await begin(issuer.issuer.replace('http:', 'https:'));
  const detail = 'fetch failed: TLS: wrong version number';
  assert.deepEqual(begun, { kind: 'refused', code: 'provider-unreachable', detail });
});

test('a discovery document without end is not read to its end', async () => {
  issuer.outage = { status: 200, body: JSON.stringify({ issuer: issuer.issuer, x: 'x'.repeat(2_000_000) }) };
  const begun = await begin();
  assert.equal(codeOf(begun), 'provider-misconfigured');
  assert.match((begun as { detail: string }).detail, /too large/);
});

test('an address at which something else answers is said to be no provider', async () => {
  for (const outage of [
    { status: 404, body: 'nothing here' },
    { status: 401, body: '{}' },
    { status: 200, body: '<!doctype html>' },
  ]) {
    issuer.outage = outage;
    const begun = await begin();
    assert.equal(codeOf(begun), 'provider-misconfigured', outage.body);
    assert.match((begun as { detail: string }).detail, /There is no discovery document of OpenID Connect at "http:/);
  }
});

test('a client that the provider refuses is a setting to look at, however the provider says it', async () => {
  issuer.tokens = { error: 'invalid_request', error_description: 'redirect_uri is not registered' };
  issuer.tokenStatus = 400;
  const unregistered = { code: 'provider-misconfigured', detail: 'invalid_request: redirect_uri is not registered' };
  assert.deepEqual(await signIn(), { kind: 'refused', ...unregistered });
  issuer.tokens = { error: 'invalid_client' };
  issuer.tokenStatus = 401;
  issuer.tokenChallenge = 'Basic realm="provider"';
  const detail = 'invalid_client: the provider refuses the client id or its secret';
  assert.deepEqual(await signIn(), { kind: 'refused', code: 'provider-misconfigured', detail });
});

test('a discovery document of another issuer is refused', async () => {
  issuer.metadata = { issuer: 'https://evil.example.com' };
  assert.equal(codeOf(await begin()), 'provider-misconfigured');
});

test('end points without HTTPS are used on loopback addresses only', async () => {
  issuer.metadata = { authorization_endpoint: 'http://evil.example.com/authorize' };
  assert.equal(codeOf(await begin()), 'provider-misconfigured');
  relyingParty = new RelyingParty({ openSecret: () => new SecretValue(CLIENT_SECRET), clock });
  issuer.metadata = { token_endpoint: 'http://evil.example.com/token' };
  assert.equal(codeOf(await signIn()), 'provider-misconfigured');
});

test('what is not an issuer is refused without a call', async () => {
  const wrong = [
    'http://issuer.example.com',
    'ftp://127.0.0.1',
    'nonsense',
    `${issuer.issuer}/.well-known/openid-configuration`,
  ];
  for (const issuerURL of wrong) assert.equal(codeOf(await begin(issuerURL)), 'provider-misconfigured');
  assert.equal(issuer.discoveries, 0);
});

test('a missing Secret is said by name and nothing is sent', async () => {
  secret = null;
  const begun = await begin();
  assert.deepEqual(begun, {
    kind: 'refused',
    code: 'provider-secret-missing',
    detail: 'Secret "client-secret" is missing',
  });
  assert.equal(issuer.discoveries, 0);
});

test('a new value of the Secret is used at once', async () => {
  await signIn();
  secret = 'another-secret';
  await signIn();
  const [, second] = issuer.tokenRequests;
  assert.match(decodeURIComponent(atob(second!.authorization!.slice(6))), /another-secret$/);
});

test('offline_access is asked for with consent, as the specification wants it', async () => {
  const begun = await begin(issuer.issuer, { scopes: ['offline_access'] });
  assert.equal(begun.kind === 'begun' && new URL(begun.url).searchParams.get('prompt'), 'consent');
});
