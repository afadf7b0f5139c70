import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeInChromium } from '../support/chromium.ts';
import { startDemo } from '../support/demo.ts';
import type { Visitor } from '../support/visitor.ts';
import { chooseAccount, signInAt, signOut } from './browser-steps.ts';

const COOKIE = 'ostiary-session';

const demo = await startDemo();

describeInChromium('sessions in a browser', (chromium) => {
  /** What a script of the page gets when it calls its own host. */
  function fetchFrom({ page }: Visitor, path: string): Promise<Answer> {
    const answer = 'async (r) => ({ status: r.status, type: r.headers.get("content-type"), text: await r.text() })';
    return page.evaluate(`fetch(${JSON.stringify(path)}).then(${answer})`);
  }

  async function withoutProviderSession({ context }: Visitor): Promise<void> {
    await context.clearCookies({ domain: '127.0.0.1' });
  }

  test('signing out on one host ends the session on all', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.url('echo'), 'alice');
    await visitor.goto(demo.url('admin-area'));
    await visitor.goto(demo.portal);
    await visitor.goto(demo.url('echo'));
    await signOut(page);
    assert.equal(await visitor.heading(), 'You are signed out');
    await withoutProviderSession(visitor);
    for (const address of [demo.url('echo'), demo.url('admin-area'), demo.portal]) {
      await visitor.goto(address);
      assert.equal(await visitor.heading(), 'Who do you want to be?', address);
    }
  });

  test('a link to the sign-out page signs nobody out', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.portal, 'alice');
    await visitor.goto(`${demo.portal}.ostiary/sign-out`);
    await visitor.page.getByRole('link', { name: 'Stay signed in' }).click();
    await visitor.page.waitForURL(demo.portal);
    assert.equal(await visitor.heading(), 'Services');
  });

  test('another site cannot post the sign-out', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.portal, 'alice');
    await visitor.goto(demo.url('echo'));
    const action = JSON.stringify(`${demo.portal}.ostiary/sign-out`);
    const form = `Object.assign(document.createElement('form'), { method: 'post', action: ${action} })`;
    await page.evaluate(`document.body.appendChild(${form}).submit()`);
    await page.getByRole('heading', { name: 'The request is malformed' }).waitFor();
    await visitor.goto(demo.portal);
    assert.equal(await visitor.heading(), 'Services');
  });

  test('the back button shows no page of a session that is over', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.portal, 'alice');
    await page.getByRole('link', { name: /^Echo/ }).click();
    await page.getByRole('heading', { name: 'Hello alice' }).waitFor();
    await signOut(page);
    await withoutProviderSession(visitor);
    for (const _ of ['the question', 'Echo', 'the portal']) {
      await page.goBack();
      assert.doesNotMatch(await visitor.text('body'), /Signed in as|Hello alice|Alice Example \(/);
    }
  });

  test('a script gets 401 and JSON when the session is gone, and a page load the way to sign in', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.url('echo'), 'alice');
    assert.equal((await fetchFrom(visitor, '/data')).status, 200);
    await visitor.context.clearCookies({ name: COOKIE });
    await withoutProviderSession(visitor);
    visitor.expectRefusal(demo.url('echo', '/data'));
    const { status, type, text } = await fetchFrom(visitor, '/data');
    assert.deepEqual([status, type], [401, 'application/problem+json']);
    assert.equal(JSON.parse(text).reason, 'unauthenticated');
    await visitor.page.reload();
    assert.equal(await visitor.heading(), 'Who do you want to be?');
  });

  test('a form that is sent when the session is gone is answered by a page that leads to signing in', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.url('echo', '/form'), 'alice');
    await visitor.context.clearCookies({ name: COOKIE });
    await withoutProviderSession(visitor);
    await page.evaluate(
      `document.body.appendChild(Object.assign(document.createElement('form'), { method: 'post' })).submit()`,
    );
    await page.getByRole('heading', { name: 'Sign in first' }).waitFor();
    assert.match(await visitor.text('.badge'), /^401 · Not signed in$/);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await chooseAccount(page, 'alice');
    assert.equal(page.url(), demo.url('echo', '/form'));
  });

  test('signing out on a host without a session asks about the one on the auth host', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.portal, 'alice');
    await visitor.goto(demo.url('echo', '/.ostiary/sign-out'));
    assert.match(await visitor.text('.lead'), /Alice Example/);
    await visitor.page.getByRole('button', { name: 'Sign out' }).click();
    await visitor.page.waitForURL('**/.ostiary/signed-out');
    await visitor.goto(demo.url('echo', '/.ostiary/sign-out'));
    assert.equal(await visitor.heading(), 'You are signed out');
  });

  test('a session that an administrator revokes is over in the browser too', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.url('echo', '/here'), 'carol');
    await demo.command('sessions', 'revoke', await onlySession('carol'));
    visitor.expectRefusal(demo.url('echo', '/data'));
    const { status, text } = await fetchFrom(visitor, '/data');
    assert.deepEqual([status, JSON.parse(text).reason], [401, 'session-unknown']);
    await withoutProviderSession(visitor);
    await visitor.page.reload();
    await chooseAccount(visitor.page, 'carol');
    assert.equal(visitor.page.url(), demo.url('echo', '/here'));
  });

  async function onlySession(user: string): Promise<string> {
    const names = (await demo.command('sessions', 'list')).match(new RegExp(`\\b${user}-[a-z0-9]+\\b`, 'g')) ?? [];
    assert.equal(names.length, 1, `sessions of ${user}`);
    return names[0]!;
  }

  const USELESS = { 'is unknown': 'A'.repeat(43), 'is malformed': 'a.b.c', 'is empty': '' };
  for (const [what, value] of Object.entries(USELESS)) {
    test(`a session cookie that ${what} leads to a new sign-in`, async (t) => {
      const visitor = await chromium.open(t);
      const url = demo.url('echo', '/kept');
      await visitor.context.addCookies([{ name: COOKIE, value, url }]);
      await signInAt(visitor.page, url, 'bob');
      assert.equal(visitor.page.url(), url);
      assert.equal(await visitor.heading(), 'Hello bob');
    });
  }

  test('the session cookie of one host is worth nothing on another', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.url('echo'), 'alice');
    const cookies = await visitor.context.cookies(demo.url('echo'));
    const { value } = cookies.find(({ name }) => name === COOKIE)!;
    const thief = await chromium.open(t);
    await thief.context.addCookies([{ name: COOKIE, value, url: demo.url('admin-area') }]);
    await thief.goto(demo.url('admin-area'));
    assert.equal(await thief.heading(), 'Who do you want to be?');
  });
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}
