import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { AccessWorld, accessResources } from '../support/access-world.ts';
import { describeInChromium } from '../support/chromium.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { service } from '../support/resources.ts';

const FORM =
  '<!doctype html><title>f</title><form method="post" action="/save"><input name="text" value="ä&b"><button>Save</button></form>';
const upstream = await RecordingUpstream.start('upstream', {
  answer: (received, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(received.method === 'POST' ? `<h1>saved ${received.body}</h1>` : FORM);
  },
});
const LOGO =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const branding = { name: 'Acme', logo: LOGO, accentColor: '#aa0033', supportText: 'Call us.' };
const pad = service('pad', {
  mode: 'WEB',
  authorization: { policies: ['allow-all'] },
  config: { upstream: { url: upstream.url } },
});
const cluster = { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { branding } };
const world = await AccessWorld.start(accessResources(upstream.url, pad, cluster));
const TELEPHONE = { viewport: { width: 320, height: 640 } };

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await page.waitForURL((url) => url.hostname.endsWith(DOMAIN));
}

async function assertFits(page: Page): Promise<void> {
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  assert.ok(Number(overflow) <= 0, `${page.url()} is ${overflow} pixels too wide`);
  assert.equal(await page.locator('script').count(), 0);
}

describeInChromium('access for a while, in a browser', (chromium) => {
  test('asked for on the denied page, granted by an approver, used', async (t) => {
    const alice = await chromium.open(t, TELEPHONE);
    alice.expectRefusal(world.url('wiki', '/'));
    await alice.page.goto(world.url('wiki'));
    await choose(alice.page, 'Alice Example');
    await assertFits(alice.page);
    await alice.page.getByRole('link', { name: 'Request access' }).click();
    await alice.page.getByLabel('Why do you need it?').fill('<b>on call</b>');
    await alice.page.getByLabel('For how long?').selectOption('2 h');
    await assertFits(alice.page);
    await alice.page.getByRole('button', { name: 'Ask for access' }).click();
    assert.equal(await alice.heading(), 'You have asked for access to wiki');
    await assertFits(alice.page);

    const bob = await chromium.open(t, TELEPHONE);
    await bob.page.goto(world.url(DOMAIN));
    await choose(bob.page, 'Bob Example');
    await bob.page.getByRole('link', { name: 'Access requests' }).click();
    await assertFits(bob.page);
    assert.match((await bob.page.textContent('main')) ?? '', /<b>on call<\/b>/);
    await bob.page.getByLabel('For', { exact: true }).selectOption('30 min');
    await bob.page.getByRole('button', { name: 'Approve' }).click();
    await bob.page.getByRole('heading', { name: 'Granted' }).waitFor();
    await alice.page.reload();
    assert.equal(await alice.heading(), 'You have access to wiki');
    await alice.page.getByRole('link', { name: 'Open wiki' }).click();
    await alice.page.getByRole('button', { name: 'Save' }).waitFor();
  });

  test('pages wear the name, the logo and the colour of the operator', async (t) => {
    const { page } = await chromium.open(t);
    await page.goto(world.url(DOMAIN));
    await choose(page, 'Bob Example');
    assert.equal(await page.textContent('.domain'), 'Acme');
    assert.equal(await page.evaluate('document.querySelector(".logo").naturalWidth'), 1);
    const brand = 'getComputedStyle(document.documentElement).getPropertyValue("--brand").trim()';
    assert.equal(await page.evaluate(brand), '#aa0033');
    assert.match((await page.textContent('footer')) ?? '', /Call us\./);
  });

  test('a form that was sent after the session had ended waits for a click', async (t) => {
    const { page } = await chromium.open(t, TELEPHONE);
    await page.goto(world.url('pad'));
    await choose(page, 'Bob Example');
    for (const { metadata } of await world.gateway.api.sessions('bob')) {
      await world.gateway.api.revokeSession(metadata.uid!);
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Send it' }).waitFor();
    await assertFits(page);
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { name: 'saved' }).waitFor();
    assert.equal(await page.textContent('h1'), 'saved text=%C3%A4%26b');
    assert.equal(new URL(page.url()).pathname, '/.ostiary/kept-form');
  });
});
