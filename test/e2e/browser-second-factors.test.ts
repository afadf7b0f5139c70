import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { FactorWorld } from '../support/factor-world.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { AuthenticatorApp } from '../support/totp.ts';
import type { Visitor } from '../support/visitor.ts';

const here = await FactorWorld.start({
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: { authenticator: { enablePasskeyLogin: true } },
});
const ADMIN = here.url('shop', '/admin?x=1');
const ACCOUNT = here.own('account');

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  const isOver = page.waitForURL((at) => !at.pathname.endsWith('/sign-in'));
  await page.getByRole('link', { name: 'Continue with demo' }).click();
  await isOver;
  // The provider may know who it is from the time before.
  if (!page.url().includes('127.0.0.1')) return;
  await page.getByRole('button', { name: 'alice' }).click();
  await page.waitForURL((at) => at.hostname !== '127.0.0.1');
}

/** WebAuthn's testing API: an authenticator that has a person behind it, and says yes. */
async function authenticator(page: Page, more: { readonly isUserVerified?: boolean } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...more,
    },
  });
  const credentials = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  return { cdp, authenticatorId, credentials };
}

async function addPasskey(page: Page): Promise<void> {
  await page.goto(ACCOUNT);
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await page.getByRole('textbox', { name: 'Name of it, for you' }).fill('My laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('heading', { name: /^(Keep these recovery codes|Your account)$/ }).waitFor();
}

async function addApp(visitor: Visitor): Promise<AuthenticatorApp> {
  const { page } = visitor;
  await page.goto(ACCOUNT);
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  const app = new AuthenticatorApp(await visitor.text('.key'));
  await page.getByRole('textbox', { name: 'Code' }).fill(await app.code(-1));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
  return app;
}

async function signOut(page: Page): Promise<void> {
  await page.goto(here.url('', '/.ostiary/sign-out'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/.ostiary/signed-out');
}

const shown = () => here.world.gateway.api.sessions('alice').then(([one]) => one!.status.authentication.info);

beforeEach(() => here.forget('alice'));

describeInChromium('second factors', (chromium) => {
  test('without JavaScript: an app is added, asked for on the way to a page, and shown', async (t) => {
    const visitor = await chromium.open(t, { javaScriptEnabled: false });
    const { page } = visitor;
    await signIn(page, ADMIN);
    assert.equal(await visitor.heading(), 'Set up a second factor');
    const app = await addApp(visitor);
    assert.equal(await page.locator('.codes li').count(), 10);
    await page.getByRole('link', { name: 'I have kept them' }).click();
    assert.equal((await visitor.goto(ADMIN)).status(), 200);
    await signOut(page);
    await signIn(page, ADMIN);
    await page.getByRole('textbox', { name: 'Code of your app' }).fill('000000');
    await page.getByRole('button', { name: 'Continue' }).click();
    assert.match(await visitor.text('[role=alert]'), /That code is wrong/);
    await page.getByRole('textbox', { name: 'Code of your app' }).fill(await app.code());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(ADMIN);
    assert.equal((await shown()).aal, 'AAL2');
  });

  test('a passkey is added, and shown on the way to a page', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const { credentials } = await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    assert.equal(await visitor.heading(), 'Keep these recovery codes');
    assert.equal((await credentials())[0]!.rpId, DOMAIN);
    await signOut(page);
    await signIn(page, ADMIN);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.waitForURL(ADMIN);
    const { aal, authenticator: factor } = await shown();
    assert.deepEqual([aal, factor?.type], ['AAL2', 'FIDO']);
  });

  test('a passkey alone signs in, and comes back to the page that was asked for', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    await signOut(page);
    await page.goto(ADMIN);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(ADMIN);
    const { type, aal } = await shown();
    assert.deepEqual([type, aal], ['AUTHENTICATOR', 'AAL2']);
    await visitor.goto(ACCOUNT);
    assert.match(await visitor.text('main'), /My laptop\s+passkey · added .* · used /);
  });

  test('an authenticator that has a passkey is not given another', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const { credentials } = await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    await page.goto(here.own('account/passkey'));
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByText('That did not work, or was cancelled.').waitFor();
    assert.equal((await credentials()).length, 1);
  });

  test('an authenticator that does not verify its person signs nobody in', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const { cdp, authenticatorId } = await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    await signOut(page);
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto(ACCOUNT);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('That did not work, or was cancelled.').waitFor();
  });

  test('a copied authenticator is noticed by its counter', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const { cdp, authenticatorId, credentials } = await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    const [copy] = await credentials();
    await signOut(page);
    await page.goto(ACCOUNT);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(ACCOUNT);
    await signOut(page);
    await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: copy!.credentialId });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: copy! });
    await page.goto(ACCOUNT);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    assert.match(await visitor.text('main'), /passkey-refused/);
  });

  test('a removed passkey signs nobody in', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    await page.goto(ACCOUNT);
    await page.getByRole('button', { name: 'Remove My laptop' }).click();
    await page.getByText('You have none yet.').waitFor();
    await signOut(page);
    await page.goto(ACCOUNT);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });

  test('an answer is good once', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await authenticator(page);
    await signIn(page, ACCOUNT);
    await addPasskey(page);
    await signOut(page);
    await page.goto(ACCOUNT);
    const posted = page.waitForRequest((request) => request.method() === 'POST');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(ACCOUNT);
    const request = await posted;
    await signOut(page);
    const form = Object.fromEntries(new URLSearchParams(request.postData()!));
    assert.ok(form.answer!.includes('signature'));
    assert.equal((await new CookieBrowser().submit(request.url(), form)).status, 403);
  });

  test('every page is sound, and fits a telephone', async (t) => {
    const visitor = await chromium.open(t, { viewport: { width: 320, height: 640 } });
    const { page } = visitor;
    await authenticator(page);
    await page.goto(ACCOUNT);
    await check(page);
    await signIn(page, ACCOUNT);
    await check(page);
    await page.getByRole('button', { name: 'Add an authenticator app' }).click();
    await check(page);
    await addApp(visitor);
    await check(page);
    await page.goto(here.own('account/passkey'));
    await check(page);
    await addPasskey(page);
    await check(page);
    await page.goto(here.own('second-factor'));
    await check(page);
  });
});

/** One heading and one main part, a name for everything that can be used, and nothing that sticks out. */
async function check(page: Page): Promise<void> {
  const found = await page.evaluate(`(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const isNamed = (e) => e.textContent.trim() !== '' || [...(e.labels ?? [])].some((label) => label.textContent.trim() !== '');
    const ids = all('[id]').map((element) => element.id);
    return {
      headings: all('h1').length,
      mains: all('main').length,
      unlabelled: all('a, button, input:not([type=hidden])').filter((e) => !isNamed(e)).map((e) => e.outerHTML),
      duplicateIds: ids.filter((id, i) => ids.indexOf(id) !== i),
      foreignScripts: all('script').filter((e) => !e.src.startsWith(location.origin)).length,
      sticksOut: document.documentElement.scrollWidth > innerWidth,
    };
  })()`);
  const sound = { headings: 1, mains: 1, unlabelled: [], duplicateIds: [], foreignScripts: 0, sticksOut: false };
  assert.deepEqual(found, sound, page.url());
}
