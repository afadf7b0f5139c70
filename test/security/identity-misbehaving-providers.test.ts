import assert from 'node:assert/strict';
import { createPublicKey, type webcrypto } from 'node:crypto';
import { after, test } from 'node:test';
import { base64url, SignJWT } from 'jose';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../support/oidc-provider.ts';
import { yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';
import { newKey, ScriptedProvider } from '../unit/identity/scripted-provider.ts';

/** A lie of a provider, and the code that the page and the log have for it. */
interface Lie {
  readonly tell: (it: ScriptedProvider) => void | Promise<void>;
  readonly code: string;
  readonly oidc?: object;
}

const part = (value: object) => base64url.encode(JSON.stringify(value));

function invalid(tell: Lie['tell'], oidc: object = {}): Lie {
  return { tell, code: 'provider-answer-invalid', oidc };
}

function claiming(claims: object): Lie {
  return invalid((it) => {
    it.claims = { ...claims };
  });
}

function answering(change: (url: URL) => void): Lie {
  return invalid((it) => {
    it.sendTo = (asked) => {
      const url = it.back(asked);
      change(url);
      return url;
    };
  });
}

function hmac(secret: (it: ScriptedProvider) => string): Lie {
  return invalid((it) => {
    it.metadata = { id_token_signing_alg_values_supported: ['ES256', 'HS256'] };
    it.forge = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k' }).sign(Buffer.from(secret(it)));
  });
}

function publicPem({ key }: ScriptedProvider): string {
  const publicKey = createPublicKey({ key: key.jwk as webcrypto.JsonWebKey, format: 'jwk' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const USER_INFO = { useUserInfoEndpoint: true };

/** The negative checks of the conformance plan for relying parties of OpenID Connect, each by a provider of its own. */
const LIES: Readonly<Record<string, Lie>> = {
  'an ID token of another iss': claiming({ iss: 'https://evil.example.com' }),
  'an ID token for another aud': claiming({ aud: 'somebody-else' }),
  'an ID token with several aud, and another azp': claiming({ aud: [CLIENT_ID, 'other'], azp: 'other' }),
  'an ID token with another nonce': claiming({ nonce: 'another' }),
  'an ID token without sub': invalid((it) => {
    it.forge = ({ sub, ...claims }) => it.sign(claims);
  }),
  'an ID token without iat': invalid((it) => {
    it.forge = ({ iat, ...claims }) => it.sign(claims);
  }),
  'an ID token that is over': claiming({ exp: Math.floor(Date.now() / 1000) - 3600 }),
  'a bad signature': invalid((it) => {
    it.forge = async (claims) => {
      const [header, , signature] = (await it.sign(claims)).split('.');
      return `${header}.${part({ ...claims, sub: 'bob' })}.${signature}`;
    };
  }),
  'the signature of a key that it does not publish': invalid(async (it) => {
    const other = await newKey('k');
    it.forge = (claims) => other.sign(claims);
  }),
  'alg none': invalid((it) => {
    it.metadata = { id_token_signing_alg_values_supported: ['none', 'ES256'] };
    it.forge = (claims) => `${part({ alg: 'none' })}.${part(claims)}.`;
  }),
  'its public key as a shared one (key confusion)': hmac(publicPem),
  'the client secret as the key': hmac(() => CLIENT_SECRET),
  'several keys and no kid': invalid(async (it) => {
    it.keys = [it.key.jwk, (await newKey('k2')).jwk];
    it.forge = (claims) => it.key.sign(claims, { kid: undefined });
  }),
  'the kid of no key': invalid((it) => {
    it.forge = (claims) => it.key.sign(claims, { kid: 'unknown' });
  }),
  'UserInfo about another sub': invalid((it) => {
    it.metadata = { userinfo_endpoint: `${it.issuer}/userinfo` };
    it.userInfo = { sub: 'bob' };
  }, USER_INFO),
  'another iss in the answer (RFC 9207)': answering((url) => url.searchParams.set('iss', 'https://evil.example.com')),
  'no iss in the answer, where it promises one': answering((url) => url.searchParams.delete('iss')),
  'a discovery document of another issuer': {
    tell: (it) => {
      it.metadata = { issuer: 'https://evil.example.com' };
    },
    code: 'provider-misconfigured',
  },
  'a discovery document without end': {
    tell: (it) => {
      it.outage = { status: 200, body: JSON.stringify({ issuer: it.issuer, x: 'x'.repeat(2_000_000) }) };
    },
    code: 'provider-misconfigured',
  },
  'a key set without end': {
    tell: (it) => {
      it.keys = 'endless';
    },
    code: 'provider-misconfigured',
  },
};

const NAMES = Object.keys(LIES);
const liars = await Promise.all(NAMES.map(startProvider));
const OTHERS = ['honest', 'evil', 'slow', 'rotating'];
const others = await Promise.all(OTHERS.map(startProvider));
const [honest, evil, slow, rotating] = others;
const next = await newKey('next');
rotating!.keys = [rotating!.key.jwk, next.jwk];
const gateway = await GatewayProcess.start({ files: { 'resources.yaml': resources() } });

async function startProvider(name: string): Promise<ScriptedProvider> {
  const provider = await ScriptedProvider.start();
  after(() => provider.close());
  await LIES[name]?.tell(provider);
  return provider;
}

function resources(): string {
  const secret = { kind: 'Secret', metadata: { name: 'client-secret' }, spec: {}, data: { value: CLIENT_SECRET } };
  const all = [
    ...liars.map((it, i) => identityProvider(`liar-${i}`, it, LIES[NAMES[i]!]!.oidc)),
    ...others.map((it, i) => identityProvider(OTHERS[i]!, it)),
  ];
  const identities = all.map(({ metadata }) => ({ identityProvider: metadata.name, identifier: 'alice' }));
  const spec = { type: 'HUMAN', authentication: { identities } };
  return yaml(secret, ...all, { kind: 'User', metadata: { name: 'alice' }, spec });
}

function identityProvider(name: string, { issuer: issuerURL }: ScriptedProvider, more: object = {}) {
  const oidc = { issuerURL, clientID: CLIENT_ID, clientSecret: { fromSecret: 'client-secret' }, ...more };
  return { kind: 'IdentityProvider', metadata: { name }, spec: { oidc } };
}

const url = (path: string) => `http://${DOMAIN}:${gateway.port}${path}`;

function signIn(browser: CookieBrowser, provider: string): Promise<BrowserAnswer> {
  return browser.get(url(`/.ostiary/sign-in?provider=${provider}`));
}

/** The page says that it failed, the log says why, and the browser is nobody. */
async function assertRefused(browser: CookieBrowser, answer: BrowserAnswer, code: string): Promise<void> {
  assert.equal(answer.headers['x-ostiary-reason'], 'sign-in-failed', answer.body);
  assert.match(answer.body, new RegExp(`\\b${code}\\b`));
  const id = answer.headers['x-ostiary-request-id'];
  const { detail } = await gateway.logged(({ requestId }) => requestId === id);
  assert.match(detail ?? '', new RegExp(`^${code}`));
  assert.equal(browser.cookie(DOMAIN, 'ostiary-session'), null);
}

for (const [i, [name, { code }]] of Object.entries(LIES).entries()) {
  test(`a provider with ${name} signs nobody in`, async () => {
    const browser = new CookieBrowser();
    await assertRefused(browser, await signIn(browser, `liar-${i}`), code);
  });
}

test('the log says which claim was wrong', async () => {
  const wrong = gateway.accessLog.map(({ detail }) => /unexpected (?:JWT|ID Token) "(\w+)"/.exec(detail ?? '')?.[1]);
  assert.deepEqual(wrong.filter(Boolean), ['iss', 'aud', 'azp', 'nonce', 'exp']);
});

test('none of them has made a session', async () => {
  assert.deepEqual(await gateway.api.list('Session'), []);
});

test('mix-up: a code of the honest provider that another one had the browser sent for goes to neither', async () => {
  const atHonest = { redirect_uri: url('/.ostiary/callback/honest') };
  const atEvil = { redirect_uri: url('/.ostiary/callback/evil') };
  for (const [where, promised] of [
    [atHonest, true],
    [atEvil, true],
    [atEvil, false],
  ] as const) {
    evil!.metadata = { authorization_response_iss_parameter_supported: promised };
    evil!.sendTo = (asked) => {
      const forwarded = new URL(`${honest!.issuer}/authorize`);
      forwarded.search = new URLSearchParams({ ...Object.fromEntries(asked), ...where }).toString();
      return forwarded;
    };
    const browser = new CookieBrowser();
    const code = where === atHonest ? 'provider-unknown' : 'provider-answer-invalid';
    await assertRefused(browser, await signIn(browser, 'evil'), code);
  }
  assert.deepEqual([evil!.tokenRequests, honest!.tokenRequests], [[], []]);
});

test('mix-up: an ID token of the honest provider from the token endpoint of another is none of its own', async () => {
  evil!.sendTo = (asked) => evil!.back(asked);
  evil!.forge = (claims) => honest!.sign({ ...claims, iss: honest!.issuer });
  const browser = new CookieBrowser();
  await assertRefused(browser, await signIn(browser, 'evil'), 'provider-answer-invalid');
});

test('a key set that never comes holds nobody else up', async () => {
  slow!.keys = 'hangs';
  const waiting = new CookieBrowser();
  const answer = signIn(waiting, 'slow');
  await until('the key set to be asked for', () => slow!.keySets === 1);
  const browser = new CookieBrowser();
  assert.equal((await signIn(browser, 'honest')).status, 200);
  assert.notEqual(browser.cookie(DOMAIN, 'ostiary-session'), null);
  await slow!.close();
  await assertRefused(waiting, await answer, 'provider-unreachable');
});

test('a key that was published before it signs is taken at once', async () => {
  assert.equal((await signIn(new CookieBrowser(), 'rotating')).status, 200);
  rotating!.forge = (claims) => next.sign(claims);
  assert.equal((await signIn(new CookieBrowser(), 'rotating')).status, 200);
  assert.equal(rotating!.keySets, 1);
});
