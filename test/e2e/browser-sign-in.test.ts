import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { startDemo } from '../support/demo.ts';
import { chooseAccount, signInAt, signOut } from './browser-steps.ts';

const demo = await startDemo();

describeInChromium('signing in', (chromium) => {
  const cards = (page: Page) => page.locator('.service .title').allInnerTexts();

  test('the portal shows the Services that Alice may open, and one of them knows who she is', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.portal, 'alice');
    assert.equal(page.url(), demo.portal);
    assert.match(await visitor.text('.account'), /Signed in as Alice Example \(alice@example\.com\)/);
    const all = ['Admin area', 'API by group', 'API by path', 'API with credentials', 'Echo', 'Public API'];
    assert.deepEqual(await cards(page), all);
    await page.getByRole('link', { name: /^Echo/ }).click();
    await page.waitForURL(demo.url('echo'));
    await page.getByRole('heading', { name: 'Hello alice' }).waitFor();
    assert.match(await visitor.text('main'), /alice@example\.com/);
    assert.doesNotMatch(await page.content(), /ostiary-session|ostiary-binding/);
  });

  test('the portal of Carol, who is in no group, shows what is open to everyone', async (t) => {
    const { page } = await chromium.open(t);
    await signInAt(page, demo.portal, 'carol');
    assert.deepEqual(await cards(page), ['Echo', 'Public API']);
  });

  test('the search of the portal finds by name and description', async (t) => {
    const { page } = await chromium.open(t);
    await signInAt(page, demo.portal, 'alice');
    await page.getByLabel('Search services').fill('token');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?q=token');
    assert.deepEqual(await cards(page), ['API with credentials']);
  });

  test('a deep link is kept, with its query', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const deep = demo.url('echo', '/a/b%20c?x=1&y=%2F&z=%C3%A9');
    await signInAt(page, deep, 'alice');
    assert.equal(page.url(), deep);
    assert.equal(await visitor.text('.request'), 'GET /a/b%20c?x=1&y=%2F&z=%C3%A9');
  });

  test('who is signed in opens the next Service without being asked', async (t) => {
    const visitor = await chromium.open(t);
    await signInAt(visitor.page, demo.url('echo'), 'alice');
    const response = await visitor.goto(demo.url('admin-area', '/next'));
    assert.deepEqual([response.status(), visitor.page.url()], [200, demo.url('admin-area', '/next')]);
  });

  test('Bob is denied the admin area by a page that says why, and comes in with another account', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const address = demo.url('admin-area', '/reports?year=2026');
    await page.goto(address);
    const [denied] = await Promise.all([page.waitForResponse(address), chooseAccount(page, 'bob')]);
    assert.equal(denied.status(), 403);
    assert.equal(denied.headers()['cache-control'], 'no-store');
    const said = await visitor.text('main');
    for (const part of ['You may not open Admin area', 'Bob Example (bob@example.com)', 'no-policy-match']) {
      assert.ok(said.includes(part), `"${part}" is not on the page`);
    }
    assert.ok(said.includes(denied.headers()['x-ostiary-request-id']!), 'the request ID is not on the page');
    await page.getByRole('link', { name: 'Switch account' }).click();
    await chooseAccount(page, 'alice');
    assert.equal(page.url(), address);
    await page.getByRole('heading', { name: 'Hello alice' }).waitFor();
  });

  test('switching the account switches it everywhere', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.url('echo'), 'bob');
    await visitor.goto(demo.url('admin-area'));
    await page.getByRole('link', { name: 'Switch account' }).click();
    await chooseAccount(page, 'alice');
    await visitor.goto(demo.url('echo'));
    assert.equal(await visitor.heading(), 'Hello alice');
  });

  test('cancelling at the identity provider is told, and can be begun again', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    const address = demo.url('echo', '/wanted');
    await page.goto(address);
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await visitor.heading(), 'You cancelled');
    await page.getByRole('link', { name: 'Try again' }).click();
    await chooseAccount(page, 'alice');
    assert.equal(page.url(), address);
  });

  test('the whole way works without JavaScript', async (t) => {
    const visitor = await chromium.open(t, { javaScriptEnabled: false });
    const { page } = visitor;
    await signInAt(page, demo.portal, 'bob');
    await page.getByRole('link', { name: /^Echo/ }).click();
    await page.getByRole('heading', { name: 'Hello bob' }).waitFor();
    assert.equal((await visitor.goto(demo.url('admin-area'))).status(), 403);
    await page.getByRole('link', { name: 'Switch account' }).click();
    await chooseAccount(page, 'alice');
    await page.getByRole('heading', { name: 'Hello alice' }).waitFor();
    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });

  test('the whole way works with the keyboard alone', async (t) => {
    const { page } = await chromium.open(t);
    await page.goto(demo.portal);
    await tabTo(page, 'Alice Example');
    await page.keyboard.press('Enter');
    await page.waitForURL(demo.portal);
    await tabTo(page, 'Echo');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Hello alice' }).waitFor();
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  });

  test('after signing out, the way back in is one link', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.portal, 'alice');
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await chooseAccount(page, 'alice');
    assert.equal(page.url(), demo.portal);
    assert.equal(await visitor.heading(), 'Services');
  });

  test('as the README says: sign out, sign in as bob, and the admin area is not listed and says why', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.portal, 'alice');
    assert.ok((await cards(page)).includes('Admin area'));
    await signOut(page);
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await chooseAccount(page, 'bob');
    assert.match(await visitor.text('.account'), /Signed in as Bob Example/);
    assert.equal((await cards(page)).includes('Admin area'), false);
    assert.equal((await visitor.goto(demo.url('admin-area'))).status(), 403);
    assert.equal(await visitor.heading(), 'You may not open Admin area');
  });

  test('the portal switches the account, and cancelling on the way keeps the session', async (t) => {
    const visitor = await chromium.open(t);
    const { page } = visitor;
    await signInAt(page, demo.portal, 'bob');
    await page.getByRole('link', { name: 'Switch account' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await visitor.heading(), 'You are still signed in as Bob Example');
    await page.getByRole('link', { name: 'Go back' }).click();
    await page.waitForURL(demo.portal);
    await page.getByRole('link', { name: 'Switch account' }).click();
    await chooseAccount(page, 'alice');
    assert.match(await visitor.text('.account'), /Signed in as Alice Example/);
  });
});

const MOST_STOPS = 20;

/** Moves the focus by Tab until it is on a link or button that is called so, and visibly there. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const { text, outline } = await focused(page);
    if (!text.includes(name)) continue;
    assert.notEqual(outline, 'none', `the focus cannot be seen on "${name}"`);
    return;
  }
  assert.fail(`Tab does not lead to "${name}"`);
}

function focused(page: Page): Promise<{ text: string; outline: string }> {
  const element = 'document.activeElement';
  return page.evaluate(`({ text: ${element}.textContent, outline: getComputedStyle(${element}).outlineStyle })`);
}
