import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { KeptFormWorld, NAVIGATION } from '../support/kept-form-world.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';

const upstream = await RecordingUpstream.start('upstream');
const world = await KeptFormWorld.of(upstream.url);
const posts = () => upstream.received.filter(({ method }) => method === 'POST').length;
const kept = (browser: CookieBrowser) => browser.cookies(world.host('wiki')).filter(({ name }) => /kept/.test(name));

test('what another site posts, or a script, or nobody known, is not kept', async () => {
  const browser = await world.signedOut();
  const origin = world.url('board').slice(0, -1);
  const refused = [
    { ...NAVIGATION, 'sec-fetch-site': 'cross-site' },
    { ...NAVIGATION, 'sec-fetch-site': 'same-site' },
    { ...NAVIGATION, 'sec-fetch-site': 'none' },
    { 'sec-fetch-mode': 'navigate', origin },
    { 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' },
    { ...NAVIGATION, 'content-type': 'application/json' },
    { ...NAVIGATION, 'content-encoding': 'gzip' },
  ];
  for (const headers of refused) {
    const { status } = await world.sent(browser, undefined, headers as Readonly<Record<string, string>>);
    assert.equal(status, 401, JSON.stringify(headers));
  }
  assert.deepEqual(kept(browser), []);
  assert.equal((await world.sent(new CookieBrowser())).status, 401, 'without a session cookie');
});

test('more than 64 KiB is not kept', async () => {
  const browser = await world.signedOut();
  assert.equal((await world.sent(browser, { text: 'x'.repeat(65_600) })).status, 401);
  assert.deepEqual(kept(browser), []);
});

test('another browser, another host and another cookie get nothing, and nothing is sent twice', async () => {
  const browser = await world.signedOut();
  const asks = await world.asked(browser, await world.sent(browser));
  const [cookie] = kept(browser);
  const before = posts();
  const thief = await world.signedIn(world.url('wiki'), 'bob');
  const away = await thief.submit(asks.url, {}, NAVIGATION);
  assert.equal(away.headers.location, '/');
  assert.doesNotMatch((await thief.get(asks.url)).body, /Send the form/);
  thief.plant(world.host('wiki'), cookie!.name, 'A'.repeat(43));
  assert.equal((await thief.submit(asks.url, {}, NAVIGATION)).headers.location, '/');
  await browser.get(world.url('board'));
  browser.plant(world.host('board'), cookie!.name, cookie!.value);
  const elsewhere = new URL(world.url('board', `${asks.url.pathname}${asks.url.search}`));
  assert.equal((await browser.submit(elsewhere, {}, NAVIGATION)).headers.location, '/');
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: world.url('board').slice(0, -1) }, {}]) {
    assert.equal((await browser.submit(asks.url, {}, headers as Readonly<Record<string, string>>)).status, 400);
  }
  assert.equal(posts(), before, 'something was sent');
  assert.equal((await browser.submit(asks.url, {}, NAVIGATION)).status, 200);
  assert.equal((await browser.submit(asks.url, {}, NAVIGATION)).headers.location, '/');
  assert.equal(posts(), before + 1);
});

test('without a session again, what was kept is not sent', async () => {
  const browser = await world.signedOut();
  const asks = await world.asked(browser, await world.sent(browser));
  const before = posts();
  for (const { metadata } of await world.gateway.api.sessions('alice')) {
    await world.gateway.api.revokeSession(metadata.uid!);
  }
  assert.notEqual((await browser.submit(asks.url, {}, NAVIGATION)).status, 200);
  assert.equal(posts(), before);
});

test('what is kept is sealed on disk, its page shows no values, and one address keeps eight at most', async () => {
  const browser = await world.signedOut();
  const secret = 'correct-horse-battery-staple';
  const asks = await world.asked(browser, await world.sent(browser, { text: secret }));
  assert.doesNotMatch(asks.body, new RegExp(secret));
  for (const name of readdirSync(world.gateway.data)) {
    if (!name.startsWith('ostiary.db')) continue;
    const bytes = readFileSync(join(world.gateway.data, name));
    assert.ok(!bytes.includes(secret) && !bytes.includes(Buffer.from(secret).toString('base64')), name);
  }
  const out = await world.signedOut();
  const statuses = [];
  for (let i = 0; i < 10; i++) statuses.push((await world.sent(out)).status);
  assert.equal(statuses.at(-1), 401);
});
