import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startInnerProvider } from '../../../src/dev/inner-provider.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { startTestProvider } from '../../support/oidc-provider.ts';

const REDIRECT_URI = 'http://ostiary.localhost:8080/.ostiary/callback/demo';

function authorizationUrl(issuer: string, change: Record<string, string> = {}): URL {
  const url = new URL('/auth', issuer);
  url.search = new URLSearchParams({
    client_id: 'ostiary',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: REDIRECT_URI,
    state: 's',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...change,
  }).toString();
  return url;
}

test('it listens on loopback addresses only', async () => {
  for (const address of ['0.0.0.0', '::', '192.0.2.1', 'localhost.example.com']) {
    const started = startInnerProvider({ port: 0, address, clients: [], accounts: [] });
    await assert.rejects(started, { name: 'AppError', code: 'refused' });
  }
});

test('it says nothing on the console', async (t) => {
  const methods = ['log', 'info', 'warn', 'error'] as const;
  const said = methods.map((method) => t.mock.method(console, method, () => {}));
  const provider = await startTestProvider([REDIRECT_URI]);
  const browser = new CookieBrowser();
  const page = await browser.get(authorizationUrl(provider.issuer));
  await browser.submit(page.url, { account: 'alice' });
  await provider.close();
  assert.deepEqual(
    said.map((mock) => mock.mock.callCount()),
    [0, 0, 0, 0],
  );
});

test('its page has a button for each account and a policy that allows no scripts', async () => {
  const provider = await startTestProvider([REDIRECT_URI]);
  try {
    const page = await new CookieBrowser().get(authorizationUrl(provider.issuer));
    for (const text of ['Demo identity provider', 'Alice Example', 'bob@example.com'])
      assert.ok(page.body.includes(text));
    assert.equal(page.body.includes('<script'), false);
    const policy = String(page.headers['content-security-policy']);
    assert.match(
      policy,
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/ostiary\.localhost:8080 /,
    );
  } finally {
    await provider.close();
  }
});

test('requests that it must refuse get a page of its own', async () => {
  const provider = await startTestProvider([REDIRECT_URI]);
  try {
    const browser = new CookieBrowser();
    for (const change of [{ client_id: '<b>' }, { redirect_uri: 'http://evil.example.com/' }]) {
      const answer = await browser.step(authorizationUrl(provider.issuer, change));
      assert.equal(answer.status, 400);
      assert.match(answer.body, /This sign-in cannot go on/);
      assert.equal(answer.body.includes('<b>'), false);
    }
    const lost = await new CookieBrowser().step(new URL('/interaction/unknown', provider.issuer));
    assert.equal(lost.status, 400);
    const noPkce = await browser.step(
      authorizationUrl(provider.issuer, { code_challenge: '', code_challenge_method: '' }),
    );
    assert.match(noPkce.headers.location ?? '', /error=invalid_request/);
  } finally {
    await provider.close();
  }
});

test('another name for its address is refused (DNS rebinding)', async () => {
  const provider = await startTestProvider([REDIRECT_URI]);
  try {
    const { port } = new URL(provider.issuer);
    const answer = await new CookieBrowser().step(`http://evil.example.com:${port}/.well-known/openid-configuration`);
    assert.equal(answer.status, 421);
  } finally {
    await provider.close();
  }
});
