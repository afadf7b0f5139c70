import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import { type BrowserAnswer, CookieBrowser } from '../../support/cookie-browser.ts';
import { chooseAccount } from '../../support/oidc-provider.ts';
import { APP, DOMAIN, WIKI, WILD } from './fixture.ts';
import { Installation, pageOf } from './installation.ts';

const here = Installation.forFile();

/** Signs in at the provider and stops before the first redirect to this path of ours; gives its address. */
async function stopBefore(browser: CookieBrowser, start: string, path: string, account = 'alice'): Promise<URL> {
  const page = await browser.get(start);
  let answer = await browser.submit(page.url, { account });
  let next = new URL(answer.headers.location!, page.url);
  while (!next.pathname.startsWith(path)) {
    answer = await browser.step(next);
    next = new URL(answer.headers.location!, next);
  }
  return next;
}

const atCallback = (browser: CookieBrowser) => stopBefore(browser, here.url(APP, '/x'), '/.ostiary/callback/demo');

async function atHandOver(browser: CookieBrowser): Promise<URL> {
  const answer = await browser.step(await atCallback(browser));
  return new URL(answer.headers.location!);
}

function assertFailed(answer: BrowserAnswer, code: string): void {
  assert.equal(answer.headers.location, undefined, 'a failed sign-in must not go on by itself');
  assert.equal(pageOf(answer).code, code);
}

function hasSession(browser: CookieBrowser, host: string): boolean {
  return browser.cookie(host, 'ostiary-session') !== null;
}

test('login CSRF: a callback that is opened in another browser signs nobody in', async () => {
  const attacker = new CookieBrowser();
  const callback = await atCallback(attacker);
  const victim = new CookieBrowser();
  assertFailed(await victim.step(callback), 'other-browser');
  assert.equal(hasSession(victim, DOMAIN), false);
});

test('login CSRF: a victim with a sign-in of its own under way is not signed in by the callback of another', async () => {
  const victim = new CookieBrowser();
  await victim.get(here.url(APP));
  assertFailed(await victim.step(await atCallback(new CookieBrowser())), 'other-browser');
  assert.equal(hasSession(victim, DOMAIN), false);
});

test('a state is good for one callback', async () => {
  const browser = new CookieBrowser();
  const callback = await atCallback(browser);
  await browser.step(callback);
  assertFailed(await browser.step(callback), 'sign-in-unknown');
});

test('a state that was never given is unknown, and so are two of them', async () => {
  const browser = new CookieBrowser();
  const callback = await atCallback(browser);
  const made = new URL(callback);
  made.searchParams.set('state', 'A'.repeat(43));
  assertFailed(await browser.step(made), 'other-browser');
  const twice = new URL(callback);
  twice.searchParams.append('state', callback.searchParams.get('state')!);
  assertFailed(await browser.step(twice), 'sign-in-unknown');
});

test('a sign-in that takes longer than ten minutes is over', async () => {
  const browser = new CookieBrowser();
  const callback = await atCallback(browser);
  here.fixture.clock.advance(10 * 60_000);
  assertFailed(await browser.step(callback), 'sign-in-unknown');
});

test('mix-up: the answer of one provider is refused at the callback of another', async () => {
  here.useProviders('demo', 'other');
  try {
    const browser = new CookieBrowser();
    const start = here.url(APP, '/');
    const choice = await browser.get(start);
    const href = (pageOf(choice) as unknown as { providers: { href: string }[] }).providers[0]!.href;
    const callback = await stopBefore(browser, new URL(href, choice.url).href, '/.ostiary/callback/demo');
    callback.pathname = '/.ostiary/callback/other';
    assertFailed(await browser.step(callback), 'provider-unknown');
  } finally {
    here.useProviders('demo');
  }
});

test('a provider that was switched off in the meantime signs nobody in', async () => {
  const browser = new CookieBrowser();
  const callback = await atCallback(browser);
  here.useProviders();
  try {
    assertFailed(await browser.step(callback), 'provider-unknown');
  } finally {
    here.useProviders('demo');
  }
});

test('another issuer in the callback is refused (RFC 9207)', async () => {
  const browser = new CookieBrowser();
  const callback = await atCallback(browser);
  callback.searchParams.set('iss', 'https://evil.example.com');
  assertFailed(await browser.step(callback), 'provider-answer-invalid');
});

test('a code of another sign-in is refused: PKCE binds it to its own', async () => {
  const victim = new CookieBrowser();
  const attacker = new CookieBrowser();
  const stolen = (await atCallback(victim)).searchParams.get('code')!;
  const callback = await atCallback(attacker);
  callback.searchParams.set('code', stolen);
  assertFailed(await attacker.step(callback), 'provider-answer-invalid');
});

test('session fixation: a handle that was planted before the sign-in is worth nothing after it', async () => {
  const browser = new CookieBrowser();
  const planted = 'B'.repeat(43);
  for (const host of [APP, DOMAIN]) browser.plant(host, 'ostiary-session', planted);
  await here.signIn(browser, here.url(APP));
  for (const host of [APP, DOMAIN]) assert.notEqual(browser.cookie(host, 'ostiary-session'), planted);
});

test("session fixation: the attacker's own session ends when somebody signs in over it", async () => {
  const attacker = await here.signedIn(here.url(APP), 'bob');
  const [planted] = await here.fixture.sessions.list('bob');
  here.fixture.clock.advance(1000);
  const victim = new CookieBrowser();
  victim.plant(DOMAIN, 'ostiary-session', attacker.cookie(DOMAIN, 'ostiary-session')!);
  const page = await victim.get(here.url(DOMAIN, '/.ostiary/sign-in?switch=1'));
  assert.equal(JSON.parse((await chooseAccount(victim, page, 'alice')).body).user, 'alice');
  assert.equal(await here.fixture.sessions.find(planted!.metadata.uid), null);
});

test('a hand-over code is good for one use', async () => {
  const browser = new CookieBrowser();
  const handOver = await atHandOver(browser);
  assert.equal((await browser.step(handOver)).status, 303);
  assertFailed(await browser.step(handOver), 'hand-over-unknown');
});

test('a hand-over code lives for a minute', async () => {
  const browser = new CookieBrowser();
  const handOver = await atHandOver(browser);
  here.fixture.clock.advance(60_000);
  assertFailed(await browser.step(handOver), 'hand-over-unknown');
});

test('session planting: a hand-over that is opened in another browser sets no cookie and is used up', async () => {
  const attacker = new CookieBrowser();
  const handOver = await atHandOver(attacker);
  const victim = new CookieBrowser();
  await victim.step(here.url(APP));
  assertFailed(await victim.step(handOver), 'other-browser');
  assert.equal(hasSession(victim, APP), false);
  assertFailed(await attacker.step(handOver), 'hand-over-unknown');
});

test('a hand-over for one host is refused on another, even in the same browser', async () => {
  const browser = new CookieBrowser();
  const handOver = await atHandOver(browser);
  await browser.step(here.url(WIKI));
  for (const { name, value } of browser.cookies(APP)) browser.plant(WIKI, name, value);
  handOver.hostname = WIKI;
  assertFailed(await browser.step(handOver), 'other-browser');
  assert.equal(hasSession(browser, WIKI), false);
});

test('hand-over theft: a host that only a wildcard covers gets a session when the person says so, not before', async () => {
  const browser = await here.signedIn(here.url(APP));
  const handOvers = here.fixture.store.handOverRows.size;
  const start = await browser.step(here.url(WILD, '/x?y=z'));
  const asked = await browser.step(start.headers.location!);
  const page = pageOf(asked) as unknown as { name: string; host: string; origin: string; action: string };
  assert.equal(asked.headers.location, undefined);
  assert.equal(here.fixture.store.handOverRows.size, handOvers);
  assert.deepEqual([page.name, page.host, page.origin], ['confirm-hand-over', WILD, here.url(WILD).slice(0, -1)]);
  const action = new URL(page.action, here.url(DOMAIN));
  const foreign = await browser.submit(action, {}, { origin: page.origin, 'sec-fetch-site': 'same-site' });
  assert.equal(JSON.parse(foreign.body).reason, 'bad-request');
  const arrived = await browser.post(action);
  assert.equal(arrived.url.href, here.url(WILD, '/x?y=z'));
  assert.equal(JSON.parse(arrived.body).user, 'alice');
});

test('hand-over theft: signing in afresh is no consent either', async () => {
  const browser = new CookieBrowser();
  const answer = await here.signIn(browser, here.url(WILD));
  assert.equal(pageOf(answer).name, 'confirm-hand-over');
  assert.equal(hasSession(browser, DOMAIN), true);
  assert.equal(hasSession(browser, WILD), false);
});

test('a confirmation without a session leads to signing in', async () => {
  const binding = 'b'.repeat(43);
  const query = new URLSearchParams({ to: here.url(WILD), binding });
  const answer = await new CookieBrowser().post(here.url(DOMAIN, `/.ostiary/sign-in?${query}`));
  assert.equal(answer.url.origin, here.issuer);
});

test('a binding that a script planted is not what the hand-over is tied to', async () => {
  const browser = new CookieBrowser();
  const planted = 'p'.repeat(43);
  browser.plant(APP, 'ostiary-binding-planted', planted);
  const start = await browser.step(here.url(APP));
  assert.notEqual(new URL(start.headers.location!).searchParams.get('binding'), hashHandle(planted));
});

test('a flood of sign-ins by others pushes nobody out and writes nothing', async () => {
  const browser = new CookieBrowser();
  const page = await browser.get(here.url(APP, '/x'));
  const { store } = here.fixture;
  const before = store.sessionRows.size + store.handleRows.size + store.handOverRows.size;
  for (let n = 0; n < 200; n++) await new CookieBrowser().step(here.url(DOMAIN, '/.ostiary/sign-in'));
  assert.equal(store.sessionRows.size + store.handleRows.size + store.handOverRows.size, before);
  assert.equal((await chooseAccount(browser, page, 'alice')).url.pathname, '/x');
});

test('a hand-over of a session that was revoked meanwhile gives nothing', async () => {
  const browser = new CookieBrowser();
  const handOver = await atHandOver(browser);
  const [session] = await here.fixture.sessions.list('alice');
  await here.fixture.sessions.revoke(session!.metadata.uid);
  assertFailed(await browser.step(handOver), 'session-ended');
});

test('a handle of one host is worth nothing on another', async () => {
  const browser = await here.signedIn(here.url(APP));
  const thief = new CookieBrowser();
  thief.plant(WIKI, 'ostiary-session', browser.cookie(APP, 'ostiary-session')!);
  assert.equal((await thief.step(here.url(WIKI))).status, 303);
  thief.plant(DOMAIN, 'ostiary-session', browser.cookie(APP, 'ostiary-session')!);
  const page = await thief.get(here.url(DOMAIN, '/.ostiary/sign-in'));
  assert.equal(page.url.origin, here.issuer);
});

test('open redirect: a sign-in leads to hosts of ours only', async () => {
  const browser = await here.signedIn(here.url(APP));
  for (const to of [
    'https://evil.example.com/',
    `http://evil.example.com/`,
    `//evil.example.com`,
    '/\\evil.example.com',
  ]) {
    const answer = await browser.step(here.url(DOMAIN, `/.ostiary/sign-in?to=${encodeURIComponent(to)}`));
    assertFailed(answer, 'target-refused');
  }
});

test('open redirect: on a Service host the target is a path of that host', async () => {
  const browser = await here.signedIn(here.url(APP));
  for (const to of ['//evil.example.com', '/\\evil.example.com', '@evil.example.com', here.url(WIKI)]) {
    const answer = await browser.step(here.url(APP, `/.ostiary/sign-in?to=${encodeURIComponent(to)}`));
    assertFailed(answer, 'target-refused');
  }
});

test('a sign-in link for a Service host without a binding goes through that host first, and ends there', async () => {
  const browser = new CookieBrowser();
  const to = encodeURIComponent(here.url(APP, '/x'));
  const page = await browser.get(here.url(DOMAIN, `/.ostiary/sign-in?to=${to}`));
  assert.equal((await chooseAccount(browser, page, 'alice')).url.href, here.url(APP, '/x'));
});

test('a browser that blocks the cookies of a host gets a page, not a loop', async () => {
  const browser = await here.signedIn(here.url(DOMAIN));
  const start = await browser.step(here.url(APP, '/x'));
  const handOver = await browser.step(start.headers.location!);
  const blocked = new CookieBrowser();
  assertFailed(await blocked.step(handOver.headers.location!), 'other-browser');
});

test('sign-out by another site is refused and leaves the session alone', async () => {
  const browser = await here.signedIn(here.url(APP));
  const foreign = [
    { origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' },
    { origin: here.url(WIKI).slice(0, -1), 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    {},
  ];
  for (const headers of foreign) {
    const answer = await browser.submit(here.url(APP, '/.ostiary/sign-out'), {}, headers);
    assert.equal(JSON.parse(answer.body).reason, 'bad-request');
  }
  assert.equal((await browser.step(here.url(APP))).status, 200);
});

test('sign-out works in browsers that send only one of Origin and Sec-Fetch-Site', async () => {
  const own = [{ origin: here.url(APP).slice(0, -1) }, { origin: 'null', 'sec-fetch-site': 'same-origin' }];
  for (const headers of own) {
    const browser = await here.signedIn(here.url(APP));
    assert.equal((await browser.submit(here.url(APP, '/.ostiary/sign-out'), {}, headers)).status, 303);
    assert.equal(hasSession(browser, APP), false);
  }
});

test('methods that an address does not serve are refused', async () => {
  for (const [host, path] of [
    [DOMAIN, '/.ostiary/signed-out'],
    [DOMAIN, '/.ostiary/callback/demo'],
    [APP, '/.ostiary/callback'],
  ] as const) {
    const answer = await new CookieBrowser().submit(here.url(host, path));
    assert.equal(JSON.parse(answer.body).reason, 'method-refused');
  }
});

test('addresses of the other kind of host are not served', async () => {
  const { fixture } = here;
  for (const [host, path] of [
    [APP, '/.ostiary/callback/demo'],
    [APP, '/.ostiary/signed-out'],
    [DOMAIN, '/.ostiary/callback'],
    [DOMAIN, '/.ostiary/callback/demo/more'],
    [DOMAIN, '/.ostiary/hasOwnProperty'],
  ] as const) {
    assert.equal(await fixture.site(siteRequest('http', host, path), fixture.config), null);
  }
});

test('signing in over plain HTTP is refused unless every host is a localhost name', async () => {
  const { fixture } = here;
  const config = { ...fixture.config, domain: 'example.com' };
  const refusal = { kind: 'refused', reason: 'insecure-origin', detail: null };
  assert.deepEqual(await fixture.site(siteRequest('http', 'example.com', '/.ostiary/sign-in'), config), refusal);
  assert.deepEqual(
    await fixture.site(siteRequest('http', 'app.example.com', '/.ostiary/callback'), fixture.config),
    refusal,
  );
  const secure = await fixture.site(siteRequest('https', 'example.com', '/.ostiary/sign-in'), config);
  assert.notEqual(secure?.kind, 'refused');
});

function siteRequest(scheme: 'http' | 'https', host: string, path: string) {
  const query = new URLSearchParams();
  const headers = new HeaderList();
  const readBody = async () => ({ kind: 'read', bytes: new Uint8Array() }) as const;
  return { method: 'GET', scheme, host, authority: host, path, query, headers, clientAddress: '192.0.2.1', readBody };
}
