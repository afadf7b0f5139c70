import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { expireDeviceGrants } from '../support/store-surgery.ts';
import type { Visitor } from '../support/visitor.ts';

const upstream = await RecordingUpstream.start('upstream');
const api = service('api', { config: { upstream: { url: upstream.url } } });
const world = await SignInWorld.start(yaml(api, ALLOW_ALL), ['--workers', '2']);
const device = new CookieBrowser();

interface Begun {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

async function begin(): Promise<Begun> {
  const form = { client_id: 'ostiary-cli', scope: 'service:api' };
  const answer = await device.submit(world.url(DOMAIN, '/oauth2/device_authorization'), form);
  return JSON.parse(answer.body) as Begun;
}

/** What the device gets when it asks once. */
async function poll({ device_code }: Begun): Promise<{ readonly error?: string; readonly access_token?: string }> {
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const form = { grant_type, device_code, client_id: 'ostiary-cli' };
  return JSON.parse((await device.submit(world.url(DOMAIN, '/oauth2/token'), form)).body);
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await page.waitForURL((url) => url.hostname === DOMAIN);
}

async function enter({ page }: Visitor, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

describeInChromium('a device asks to act as somebody', (chromium) => {
  for (const javaScriptEnabled of [true, false]) {
    test(`approved by typing its code, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const visitor = await chromium.open(t, { javaScriptEnabled, viewport: { width: 360, height: 640 } });
      const begun = await begin();
      await visitor.page.goto(begun.verification_uri);
      await choose(visitor.page, 'Alice Example');
      assert.equal(visitor.page.url(), begun.verification_uri);
      await enter(visitor, begun.user_code.toLowerCase().replace('-', ' '));
      assert.equal(await visitor.heading(), 'Is this your device?');
      assert.match(
        await visitor.text('main'),
        new RegExp(`127\\.0\\.0\\.1.*${begun.user_code}.*alice.*service:api`, 's'),
      );
      await visitor.page.getByRole('button', { name: 'Connect it' }).click();
      assert.equal(await visitor.heading(), 'The device is connected');
      const { access_token } = await poll(begun);
      const headers = { authorization: `Bearer ${access_token}` };
      assert.equal((await device.step(world.url('api'), headers)).status, 200);
    });
  }

  test('denied: the device is told so', async (t) => {
    const visitor = await chromium.open(t);
    const begun = await begin();
    await visitor.page.goto(begun.verification_uri_complete);
    await choose(visitor.page, 'Alice Example');
    // Following a link decides nothing: the code must be looked at.
    assert.equal(await visitor.page.getByLabel('Code').inputValue(), begun.user_code);
    await visitor.page.getByRole('button', { name: 'Continue' }).click();
    await visitor.page.getByRole('button', { name: 'Deny' }).click();
    assert.equal(await visitor.heading(), 'The device was denied');
    assert.equal((await poll(begun)).error, 'access_denied');
  });

  test('a wrong code, one that has expired meanwhile, and one that was decided before', async (t) => {
    const visitor = await chromium.open(t);
    const [begun, late] = [await begin(), await begin()];
    await visitor.page.goto(begun.verification_uri);
    await choose(visitor.page, 'Alice Example');
    await enter(visitor, 'BBBB-BBBB');
    assert.match(await visitor.text('[role=alert]'), /Nothing is waiting for this code/);
    await enter(visitor, begun.user_code);
    await visitor.page.getByRole('button', { name: 'Connect it' }).click();
    await visitor.goto(begun.verification_uri);
    await enter(visitor, begun.user_code);
    assert.match(await visitor.text('[role=alert]'), /Nothing is waiting for this code/);
    await enter(visitor, late.user_code);
    assert.equal(await visitor.heading(), 'Is this your device?');
    expireDeviceGrants(world.gateway);
    await visitor.page.getByRole('button', { name: 'Connect it' }).click();
    assert.match(await visitor.text('[role=alert]'), /It may have expired/);
    assert.equal((await poll(late)).error, 'expired_token');
  });

  test('two people with one code: the page says as whom, and the first decision counts', async (t) => {
    const begun = await begin();
    const [alice, bob] = [await chromium.open(t), await chromium.open(t)];
    for (const [visitor, name] of [
      [alice, 'Alice Example'],
      [bob, 'Bob Example'],
    ] as const) {
      await visitor.page.goto(begun.verification_uri_complete);
      await choose(visitor.page, name);
      await visitor.page.getByRole('button', { name: 'Continue' }).click();
      assert.match(await visitor.text('.lead'), new RegExp(`asks to act as ${name.split(' ')[0]!.toLowerCase()}`));
    }
    await bob.page.getByRole('button', { name: 'Connect it' }).click();
    assert.equal(await bob.heading(), 'The device is connected');
    await alice.page.getByRole('button', { name: 'Connect it' }).click();
    assert.match(await alice.text('[role=alert]'), /Nothing is waiting for this code/);
    const { access_token } = await poll(begun);
    await device.step(world.url('api', '/whose'), { authorization: `Bearer ${access_token}` });
    assert.equal((await world.gateway.logged(({ path }) => path === '/whose')).user, 'bob');
  });
});
