import assert from 'node:assert/strict';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { FactorWorld } from '../support/factor-world.ts';
import { readBlocks } from '../support/markdown.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { policy, service } from '../support/resources.ts';
import { expireSessions } from '../support/store-surgery.ts';
import { AuthenticatorApp } from '../support/totp.ts';
import type { Visitor } from '../support/visitor.ts';
import { PICTURE } from './page-gallery.ts';

const FORM =
  '<!doctype html><title>f</title><form method="post" action="/save"><input name="a" value="b"><button>Save</button></form>';
const site = await RecordingUpstream.start('site', {
  answer: ({ method, url, headers }, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const frame = new URL(url, 'http://x').searchParams.get('frame');
    if (frame !== null) response.end(`<!doctype html><title>f</title><iframe name="inner" src="${frame}"></iframe>`);
    else response.end(headers['sec-fetch-dest'] === 'empty' ? 'data' : method === 'POST' ? '<h1>saved</h1>' : FORM);
  },
});
const config = { upstream: { url: site.url } };
const accessRequests = { approvers: { users: ['bob'] } };
const here = await FactorWorld.start(
  service('pad', { mode: 'WEB', authorization: { policies: ['allow-all'] }, config }),
  service('vault', { mode: 'WEB', authorization: { policies: ['bob-only'], accessRequests }, config }),
  service('safe', { mode: 'WEB', authorization: { policies: ['strong'] }, config }),
  {
    ...service('pictured', { mode: 'WEB', authorization: { policies: ['allow-all'] }, config }),
    metadata: { name: 'pictured', picURL: `data:image/png;base64,${PICTURE}` },
  },
  policy('bob-only', { effect: 'ALLOW', condition: { match: 'ctx.user.metadata.name == "bob"' } }),
  policy('strong', {
    effect: 'ALLOW',
    condition: { match: 'ctx.session.status.authentication.info.aal in ["AAL2", "AAL3"]' },
  }),
);

const [block] = readBlocks(join(import.meta.dirname, '../../docs/identity.md')).filter(({ marks }) =>
  marks.has('browser'),
);
const SCRIPT = block!.text;

beforeEach(() => here.forget('alice'));

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Alice Example' }).click();
  await page.waitForURL(url);
}

/** The provider would sign the same person in again without a question. */
function forgetProvider({ context }: Visitor): Promise<void> {
  return context.clearCookies({ domain: '127.0.0.1' });
}

interface Called {
  readonly status: number;
  readonly challenge: string | null;
  readonly type: string | null;
  readonly redirected: boolean;
  readonly problem: { readonly reason: string; readonly signIn?: string } | null;
}

/** What a script of the page gets from its own host. */
async function call(visitor: Visitor, page: Page, path: string): Promise<Called> {
  visitor.expectRefusal(new URL(path, page.url()).href);
  const text = await page.evaluate(`fetch(${JSON.stringify(path)}).then(async (r) => JSON.stringify({
    status: r.status, challenge: r.headers.get('www-authenticate'), type: r.headers.get('content-type'),
    redirected: r.redirected, problem: r.ok ? null : await r.json() }))`);
  return JSON.parse(String(text));
}

/** A session has just ended: what the other worker remembers of it is at most a second old. */
async function callOnceOver(visitor: Visitor, page: Page): Promise<Called> {
  let called = await call(visitor, page, '/data');
  for (let i = 0; i < 1000 && called.status === 200; i++) called = await call(visitor, page, '/data');
  return called;
}

describeInChromium('several sites and their scripts', (chromium) => {
  test('one sign-in opens three, in three tabs; signing out in one ends all, for pages and scripts', async (t) => {
    const visitor = await chromium.open(t);
    await signIn(visitor.page, here.url('blog', '/a'));
    const tabs = [visitor.page, await visitor.newTab(), await visitor.newTab()];
    await tabs[1]!.goto(here.url('shop', '/b'));
    await tabs[2]!.goto(here.url('pad', '/c'));
    assert.deepEqual(
      tabs.map((tab) => tab.url()),
      [here.url('blog', '/a'), here.url('shop', '/b'), here.url('pad', '/c')],
    );
    await tabs[2]!.goto(here.url('pad', '/.ostiary/sign-out'));
    await tabs[2]!.getByRole('button', { name: 'Sign out' }).click();
    await tabs[2]!.waitForURL('**/.ostiary/signed-out');
    await forgetProvider(visitor);
    for (const tab of tabs.slice(0, 2)) {
      const { status, type, redirected, problem } = await callOnceOver(visitor, tab);
      assert.deepEqual([status, type, redirected], [401, 'application/problem+json', false]);
      assert.deepEqual([problem?.reason, problem?.signIn], ['session-unknown', '/.ostiary/sign-in']);
      await tab.reload();
      assert.equal(await visitor.heading(tab), 'Who do you want to be?');
    }
  });

  test('a step-up for a script: its page goes to the gateway and comes back, and so do pages of other hosts', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signIn(page, here.url('shop', '/app?x=1'));
    const [beside, other] = [await visitor.newTab(), await visitor.newTab()];
    await beside.goto(here.url('shop', '/beside'));
    await other.goto(here.url('blog', '/post'));
    const refused = await call(visitor, page, '/admin');
    assert.equal(refused.status, 401);
    assert.match(refused.challenge ?? '', /insufficient_user_authentication/);
    assert.equal(refused.problem?.signIn, '/.ostiary/second-factor');

    const app = await addApp(visitor, other);
    await other.goto(here.url('blog', '/post'));
    await page.reload();
    // As docs/identity.md has it.
    await page.evaluate(`void (async () => { ${SCRIPT.replace('/api/orders', '/admin')} })()`);
    await page.getByRole('textbox', { name: 'Code of your app' }).fill(await app.code());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(here.url('shop', '/app?x=1'));
    assert.equal((await call(visitor, page, '/admin')).status, 200);
    // The other tab of this host has the new cookie too.
    assert.equal((await call(visitor, beside, '/admin')).status, 200);
    const { problem } = await call(visitor, other, '/data');
    assert.deepEqual([problem?.reason, problem?.signIn], ['session-unknown', '/.ostiary/sign-in']);
    await other.goto(`${here.url('blog', problem?.signIn)}?to=/post`);
    assert.equal(other.url(), here.url('blog', '/post'));
    assert.equal((await call(visitor, other, '/data')).status, 200);
  });

  test('inside a page of another site nobody signs in: a link opens a window, where it works', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const wanted = here.url('pad', '/in?x=1');
    await page.goto(`http://embedding.localhost:${site.port}/?frame=${encodeURIComponent(wanted)}`);
    const [window] = await Promise.all([
      page.waitForEvent('popup'),
      page.frameLocator('iframe').getByRole('link', { name: 'Open pad.gate.localhost' }).click(),
    ]);
    await window.getByRole('button', { name: 'Alice Example' }).click();
    await window.waitForURL(wanted);
    // Where somebody is signed in, other sites get no cookie for their frames still.
    await page.reload();
    await page.frameLocator('iframe').getByRole('heading', { name: 'Open this in a window of its own' }).waitFor();
  });

  test('a Service inside a page of another Service takes part in its session', async (t) => {
    const { page } = await chromium.open(t);
    await signIn(page, here.url('pictured'));
    await page.goto(here.url('pictured', `/?frame=${encodeURIComponent(here.url('pad', '/in'))}`));
    await page.frameLocator('iframe').getByRole('button', { name: 'Save' }).waitFor();
  });

  test('a session that has expired: a script is told, a form is kept, a page leads to signing in and back', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signIn(page, here.url('pad', '/edit'));
    expireSessions(here.world.gateway, 'alice');
    await forgetProvider(visitor);
    const called = await callOnceOver(visitor, page);
    assert.match(called.problem?.reason ?? '', /^session-(expired|unknown)$/);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Alice Example' }).click();
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { name: 'saved' }).waitFor();
    assert.equal((await visitor.goto(here.url('pad', '/edit'))).status(), 200);
  });

  test('going back after a sign-in ends on no error, and an answer of the provider is good once', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await page.goto(here.url('blog', '/first'));
    const answers: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/.ostiary/callback')) answers.push(request.url());
    });
    await page.getByRole('button', { name: 'Alice Example' }).click();
    await page.waitForURL(here.url('blog', '/first'));
    assert.equal(answers.length, 2);
    for (const answer of [...answers]) {
      await page.goto(answer);
      assert.equal(await visitor.heading(), 'You are still signed in as alice');
      await page.getByRole('link', { name: 'Go back' }).click();
      await page.waitForURL((url) => !url.pathname.startsWith('/.ostiary/'));
    }
    for (let i = 0; i < 2; i++) {
      await page.goBack({ waitUntil: 'commit' });
      // A page that was kept takes the place of the other one, and until then there is none to be sent back.
      await page.locator('body').waitFor();
    }
    assert.doesNotMatch(await visitor.text('body'), /not signed in/i);
  });

  test('the portal says what opens, what needs a second factor and what can be asked for; without JavaScript', async (t) => {
    const visitor = await chromium.open(t, { javaScriptEnabled: false });
    const { page } = visitor;
    await page.goto(here.url(''));
    await page.getByRole('button', { name: 'Alice Example' }).click();
    const cards = () => page.locator('.grid').first().locator('.title').allInnerTexts();
    assert.deepEqual(await cards(), ['blog', 'pad', 'pictured', 'safe', 'shop']);
    assert.deepEqual(await page.locator('.needs').allInnerTexts(), ['Needs your second factor', 'Request access']);
    await page.getByRole('link', { name: 'pictured' }).locator('img').waitFor();
    await page.getByLabel('Search services').fill('pict');
    await page.getByRole('button', { name: 'Search' }).click();
    assert.deepEqual(await cards(), ['pictured']);
    await page.goto(here.url(''));
    await page.getByRole('link', { name: 'safe' }).click();
    assert.equal(await visitor.heading(), 'Set up a second factor');
    await page.goto(here.url(''));
    await page.getByRole('link', { name: 'vault' }).click();
    assert.equal(await visitor.heading(), 'Ask for access to vault');
    await page.goto(here.url('', '/.ostiary/account'));
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
  });
});

/** Adds an authenticator app on this tab. */
async function addApp(visitor: Visitor, page: Page): Promise<AuthenticatorApp> {
  await page.goto(here.own('account'));
  await page.getByRole('button', { name: 'Add an authenticator app' }).click();
  const app = new AuthenticatorApp((await page.locator('.key').textContent()) ?? '');
  await page.getByRole('textbox', { name: 'Code' }).fill(await app.code(-1));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'Keep these recovery codes' }).waitFor();
  // What has just been shown counts as a second factor: the one that is asked for comes with a new sign-in.
  await page.goto(here.url('', '/.ostiary/sign-out'));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/.ostiary/signed-out');
  await forgetProvider(visitor);
  await signIn(page, here.url('blog', '/post'));
  return app;
}
