import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { cancel, chooseAccount } from '../../support/oidc-provider.ts';
import { ALICE, APP, BOB, DOMAIN, ROBOT, user, WIKI } from './fixture.ts';
import { Installation, pageOf } from './installation.ts';

const here = Installation.forFile();

function userOf(answer: { body: string }): string {
  return JSON.parse(answer.body).user;
}

test('a visitor of a Service signs in and comes back to the page with its query', async () => {
  const browser = new CookieBrowser();
  const page = await here.signIn(browser, here.url(APP, '/a/b?c=d&e=%20f'));
  assert.equal(page.status, 200);
  assert.equal(page.url.href, here.url(APP, '/a/b?c=d&e=%20f'));
  assert.equal(userOf(page), 'alice');
});

test('a user is found by the verified e-mail address when no identity is stated', async () => {
  assert.equal(userOf(await here.signIn(new CookieBrowser(), here.url(APP), 'bob')), 'bob');
});

test('the auth host itself can be the target', async () => {
  const browser = new CookieBrowser();
  const page = await here.signIn(browser, here.url(DOMAIN, '/portal'));
  assert.equal(page.url.href, here.url(DOMAIN, '/portal'));
  assert.equal(userOf(page), 'alice');
});

test('a second Service host needs no second sign-in and gets a cookie of its own for the same session', async () => {
  const browser = new CookieBrowser();
  const app = await here.signIn(browser, here.url(APP));
  const wiki = await browser.get(here.url(WIKI, '/page'));
  assert.equal(wiki.status, 200);
  assert.equal(JSON.parse(wiki.body).session, JSON.parse(app.body).session);
  assert.notEqual(browser.cookie(WIKI, 'ostiary-session'), browser.cookie(APP, 'ostiary-session'));
});

test('the store never sees a handle, a state or a code as the browser does', async () => {
  const { store } = here.fixture;
  const browser = await here.signedIn(here.url(APP));
  const stored = JSON.stringify([...store.handleRows, ...store.sessionRows]);
  for (const host of [APP, DOMAIN]) {
    for (const { value } of browser.cookies(host)) assert.equal(stored.includes(value), false);
  }
});

test('two tabs that begin at the same moment both arrive, whichever finishes first', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ] as const) {
    const browser = new CookieBrowser();
    // Both are refused before either cookie is stored: each sets a binding of its own.
    const starts = await Promise.all(['/one', '/two'].map((path) => browser.step(here.url(APP, path))));
    const pages = await Promise.all(starts.map((start) => browser.get(start.headers.location!)));
    for (const i of order) {
      const arrived = await chooseAccount(browser, pages[i]!, 'alice');
      assert.equal(arrived.url.pathname, ['/one', '/two'][i]);
      assert.equal(userOf(arrived), 'alice');
    }
  }
});

test('a tab whose hand-over is on its way survives the sign-in of another tab', async () => {
  const browser = new CookieBrowser();
  const first = await browser.get(here.url(APP, '/one'));
  const second = await browser.get(here.url(APP, '/two'));
  const posted = await stopBefore(browser, first.url, '/.ostiary/callback');
  assert.equal((await chooseAccount(browser, second, 'alice')).url.pathname, '/two');
  const arrived = await browser.get(posted);
  assert.equal(arrived.url.pathname, '/one');
  assert.equal(userOf(arrived), 'alice');
});

/** Chooses alice and follows redirects up to the hand-over on the Service host, which it does not follow. */
async function stopBefore(browser: CookieBrowser, page: URL, path: string): Promise<URL> {
  let answer = await browser.step(page);
  const { origin } = page;
  const start = await browser.submit(page, { account: 'alice' });
  let next = new URL(start.headers.location!, origin);
  while (next.hostname !== APP || next.pathname !== path) {
    answer = await browser.step(next);
    next = new URL(answer.headers.location!, next);
  }
  return next;
}

test('with several providers the visitor chooses', async () => {
  here.useProviders('demo', 'other');
  try {
    const browser = new CookieBrowser();
    const choice = await browser.get(here.url(APP, '/x'));
    const page = pageOf(choice) as unknown as {
      name: string;
      targetHost: string;
      providers: { name: string; href: string }[];
    };
    assert.equal(page.name, 'choose-provider');
    assert.equal(page.targetHost, APP);
    assert.deepEqual(
      page.providers.map(({ name }) => name),
      ['demo', 'other'],
    );
    const atProvider = await browser.get(new URL(page.providers[0]!.href, choice.url));
    const arrived = await chooseAccount(browser, atProvider, 'alice');
    assert.equal(arrived.url.href, here.url(APP, '/x'));
  } finally {
    here.useProviders('demo');
  }
});

test('without any provider the page says so', async () => {
  here.useProviders();
  try {
    const answer = await new CookieBrowser().get(here.url(APP));
    assert.equal(answer.status, 503);
    assert.equal(pageOf(answer).code, 'provider-none');
    assert.equal(pageOf(answer).retry, null);
  } finally {
    here.useProviders('demo');
  }
});

test('switching accounts asks the provider again, ends the old session and begins a new one', async () => {
  const browser = new CookieBrowser();
  await here.signIn(browser, here.url(APP));
  const [old] = await here.fixture.sessions.list('alice');
  here.fixture.clock.advance(1000);
  const atProvider = await browser.get(here.url(APP, '/.ostiary/sign-in?to=/denied&switch=1'));
  const arrived = await chooseAccount(browser, atProvider, 'bob');
  assert.equal(arrived.url.pathname, '/denied');
  assert.equal(userOf(arrived), 'bob');
  assert.equal(await here.fixture.sessions.find(old!.metadata.uid), null);
});

test('the same user who signs in again gets a new session', async () => {
  const browser = new CookieBrowser();
  const first = await here.signIn(browser, here.url(APP));
  here.fixture.clock.advance(1000);
  const again = await browser.get(here.url(APP, '/.ostiary/sign-in?to=/&switch=1'));
  const second = await chooseAccount(browser, again, 'alice');
  assert.notEqual(JSON.parse(first.body).session, JSON.parse(second.body).session);
});

test('a new handle for a host replaces the one that this browser had there', async () => {
  const browser = await here.signedIn(here.url(APP));
  const former = browser.cookie(APP, 'ostiary-session')!;
  assert.equal((await browser.get(here.url(APP, '/.ostiary/sign-in?to=/again'))).status, 200);
  const thief = new CookieBrowser();
  thief.plant(APP, 'ostiary-session', former);
  assert.equal((await thief.step(here.url(APP))).status, 303);
});

test('signing out asks first, ends the session on every host and leaves no cookie behind', async () => {
  const browser = new CookieBrowser();
  await here.signIn(browser, here.url(APP));
  await browser.get(here.url(WIKI));
  const question = await browser.get(here.url(APP, '/.ostiary/sign-out'));
  assert.deepEqual(pageOf(question), {
    name: 'confirm-sign-out',
    action: '/.ostiary/sign-out',
    user: ALICE,
    provider: null,
  });
  const out = await browser.post(here.url(APP, '/.ostiary/sign-out'));
  assert.equal(pageOf(out).name, 'signed-out');
  const again = new URL((pageOf(out) as unknown as { signInAgain: string }).signInAgain, out.url);
  assert.equal((await browser.get(again)).url.origin, here.issuer, 'the provider asks who it is');
  assert.equal(out.url.hostname, DOMAIN);
  for (const host of [APP, DOMAIN]) assert.equal(browser.cookie(host, 'ostiary-session'), null);
  const after = await browser.step(here.url(WIKI));
  assert.equal(after.status, 303);
});

test('the signed-out page does not sign out whoever opens it', async () => {
  const browser = await here.signedIn(here.url(APP));
  const page = await browser.get(here.url(DOMAIN, '/.ostiary/signed-out'));
  assert.equal(page.url.pathname, '/');
  assert.equal(userOf(page), 'alice');
});

test('whoever signed out in another process is not shown the portal by one that has not heard of it yet', async () => {
  const browser = await here.signedIn(here.url(APP));
  await browser.get(here.url(DOMAIN));
  for (const { metadata } of await here.fixture.store.sessions.list('alice'))
    await here.fixture.store.sessions.delete(metadata.uid);
  const page = await browser.get(here.url(DOMAIN, '/.ostiary/signed-out'));
  assert.equal(page.url.pathname, '/.ostiary/signed-out');
  assert.equal(browser.cookie(DOMAIN, 'ostiary-session'), null);
});

test('somebody who cancels at the provider may try again', async () => {
  const browser = new CookieBrowser();
  const answer = await cancel(browser, await browser.get(here.url(APP, '/x')));
  assert.equal(answer.status, 403);
  assert.equal(pageOf(answer).code, 'sign-in-cancelled');
  assert.equal(pageOf(answer).still, null);
  const again = await browser.get(new URL(pageOf(answer).retry!, answer.url));
  assert.equal((await chooseAccount(browser, again, 'alice')).url.pathname, '/x');
});

test('somebody who cancels while switching accounts is told that the session goes on', async () => {
  const browser = await here.signedIn(here.url(APP), 'bob');
  const page = await browser.get(here.url(APP, '/.ostiary/sign-in?to=/denied&switch=1'));
  const { still, retry } = pageOf(await cancel(browser, page));
  assert.deepEqual([still?.user.metadata.name, still?.back], ['bob', here.url(APP, '/denied')]);
  assert.match(retry!, /switch=1/);
  assert.equal(userOf(await browser.get(still!.back)), 'bob');
});

test('somebody whom the provider knows and we do not is refused, and may choose another account', async () => {
  const browser = new CookieBrowser();
  const answer = await here.signIn(browser, here.url(APP, '/x'), 'nobody');
  assert.equal(answer.status, 403);
  assert.equal(pageOf(answer).code, 'user-unknown');
  assert.equal(browser.cookie(DOMAIN, 'ostiary-session'), null);
  const again = await browser.get(new URL(pageOf(answer).retry!, answer.url));
  assert.equal(userOf(await chooseAccount(browser, again, 'alice')), 'alice');
});

test('who may not sign in is told why', async () => {
  const identities = [{ identityProvider: 'demo', identifier: 'nobody' }];
  const cases = [
    ['user-disabled', [user('a', { authentication: { identities }, isDisabled: true })]],
    ['user-not-human', [user('a', { authentication: { identities }, type: 'WORKLOAD' })]],
    ['user-ambiguous', [user('a', { authentication: { identities } }), user('b', { authentication: { identities } })]],
  ] as const;
  try {
    for (const [code, users] of cases) {
      here.fixture.withUsers(...users);
      const answer = await here.signIn(new CookieBrowser(), here.url(APP), 'nobody');
      assert.equal(pageOf(answer).code, code);
      assert.equal(answer.status, 403);
    }
  } finally {
    here.fixture.withUsers(ALICE, BOB, ROBOT);
  }
});

test('a store that fails signs nobody in and is named in the log, not on a page', async () => {
  const browser = await here.signedIn(here.url(APP));
  here.fixture.clock.advance(5000);
  here.fixture.store.broken = true;
  try {
    const answer = await browser.step(here.url(DOMAIN, '/.ostiary/sign-in'));
    assert.deepEqual(JSON.parse(answer.body), {
      kind: 'refused',
      reason: 'identity-unavailable',
      detail: 'the disk is on fire',
    });
  } finally {
    here.fixture.store.broken = false;
  }
});
