import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { cancel, chooseAccount } from '../support/oidc-provider.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { policy, service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';

const upstream = await RecordingUpstream.start('upstream');

const web = (name: string, ...policies: string[]) =>
  service(name, {
    mode: 'WEB',
    authorization: { policies },
    config: {
      upstream: { url: upstream.url },
      http: { header: { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] } },
    },
  });

const world = await SignInWorld.start(
  yaml(
    web('wiki', 'allow-all'),
    web('board', 'allow-all'),
    web('alice-only', 'alice-only'),
    service('wild', {
      mode: 'WEB',
      hosts: [`*.wild.${DOMAIN}`],
      authorization: { policies: ['allow-all'] },
      config: { upstream: { url: upstream.url } },
    }),
    policy('alice-only', { effect: 'ALLOW', condition: { match: 'ctx.user.metadata.name == "alice"' } }),
  ),
);

const COOKIE = 'ostiary-session';
const hostOf = (name: string) => `${name}.${DOMAIN}`;

/** The user that the upstream was told. */
function userOf({ status, body }: BrowserAnswer): string {
  assert.equal(status, 200, body);
  return String(JSON.parse(body).headers['x-user']);
}

/** The status of a request that a script of the page makes. */
async function fetched(browser: CookieBrowser, name: string): Promise<number> {
  return (await browser.step(world.url(name), { accept: 'application/json' })).status;
}

test('a visitor signs in at the provider and comes back to the page that was asked for', async () => {
  const browser = new CookieBrowser();
  const start = await browser.step(world.url('wiki', '/page?x=1'));
  assert.equal(start.status, 303);
  const arrived = await world.signIn(browser, world.url('wiki', '/page?x=1'));
  assert.equal(arrived.url.href, world.url('wiki', '/page?x=1'));
  assert.equal(userOf(arrived), 'alice');
  assert.ok(
    !JSON.stringify(upstream.last).includes(browser.cookie(hostOf('wiki'), COOKIE)!),
    'the upstream got our cookie',
  );
});

test('a host that only a wildcard covers is handed a session after a question', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  const asked = await browser.get(world.url(`any.wild.${DOMAIN}`, '/x'));
  assert.equal(asked.url.hostname, DOMAIN);
  assert.match(asked.body, new RegExp(`<strong>any\\.wild\\.${DOMAIN}</strong>`));
  assert.match(String(asked.headers['content-security-policy']), /form-action 'self' \S+ http:\/\/any\.wild\./);
  const action = /action="([^"]+)"/.exec(asked.body)![1]!.replaceAll('&amp;', '&');
  assert.equal((await browser.post(new URL(action, asked.url))).url.href, world.url(`any.wild.${DOMAIN}`, '/x'));
});

test('a sign-in that fails is explained in the access log', async () => {
  const browser = new CookieBrowser();
  const answer = await world.signIn(browser, world.url('wiki'), 'nobody');
  assert.equal(answer.headers['x-ostiary-reason'], 'sign-in-failed');
  const id = answer.headers['x-ostiary-request-id'];
  const { status, detail } = await world.gateway.logged(({ requestId }) => requestId === id);
  assert.deepEqual([status, detail], [403, 'user-unknown: demo states the identifier "nobody"']);
});

test('no service worker runs at our own addresses', async () => {
  const worker = { 'service-worker': 'script', accept: 'application/json' };
  for (const address of [world.url('wiki', '/.ostiary/sign-in'), world.url(DOMAIN, '/')]) {
    const { status, headers } = await new CookieBrowser().step(address, worker);
    assert.deepEqual([status, headers['x-ostiary-reason']], [400, 'bad-request']);
  }
});

test('a second Service needs no second sign-in; each host has a cookie of its own', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  assert.equal(userOf(await browser.get(world.url('board'))), 'alice');
  const cookies = [hostOf('wiki'), hostOf('board'), DOMAIN].map((host) => browser.cookie(host, COOKIE));
  assert.equal(new Set(cookies).size, 3);
  assert.ok(!cookies.includes(null));
});

test('the cookie of one host is worth nothing on another', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  const thief = new CookieBrowser();
  thief.plant(hostOf('board'), COOKIE, browser.cookie(hostOf('wiki'), COOKIE)!);
  assert.equal(await fetched(thief, 'board'), 401);
  assert.equal(await fetched(browser, 'wiki'), 200);
});

test('somebody else is denied, with a page that says who is signed in, why, and which request it was', async () => {
  const browser = await world.signedIn(world.url('wiki'), 'bob');
  const page = await browser.get(world.url('alice-only'));
  assert.equal(page.status, 403);
  assert.match(String(page.headers['content-type']), /^text\/html/);
  for (const text of ['bob@example.com', 'no-policy-match', String(page.headers['x-ostiary-request-id'])]) {
    assert.ok(page.body.includes(text), text);
  }
  const entry = await world.gateway.logged(({ requestId }) => requestId === page.headers['x-ostiary-request-id']);
  assert.deepEqual([entry.user, entry.reason], ['bob', 'no-policy-match']);
});

test('the portal shows the Services that this user may open, and no others', async () => {
  const pageOf = async (account: string) => (await world.signIn(new CookieBrowser(), world.url(DOMAIN), account)).body;
  const [alices, bobs] = [await pageOf('alice'), await pageOf('bob')];
  assert.ok(alices.includes(world.url('alice-only')) && alices.includes(world.url('wiki')));
  assert.ok(!bobs.includes(world.url('alice-only')) && bobs.includes(world.url('wiki')));
});

test('signing out on one host ends the session on all of them', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  await browser.get(world.url('board'));
  const stolen = browser.cookie(hostOf('board'), COOKIE)!;
  const signedOut = await browser.post(world.url('wiki', '/.ostiary/sign-out'));
  assert.equal(signedOut.status, 200);
  assert.equal(signedOut.url.host, new URL(world.url(DOMAIN)).host);
  for (const name of ['wiki', 'board']) assert.equal(await fetched(browser, name), 401);
  const thief = new CookieBrowser();
  thief.plant(hostOf('board'), COOKIE, stolen);
  assert.equal(await fetched(thief, 'board'), 401);
});

test('a sign-out that another origin posts, or a link, signs nobody out', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  const address = world.url('wiki', '/.ostiary/sign-out');
  for (const headers of [
    { origin: 'https://evil.example.com' },
    { origin: world.url('board'), 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site' },
    {},
  ]) {
    assert.equal((await browser.submit(address, {}, headers)).status, 400);
  }
  assert.equal((await browser.get(address)).status, 200);
  assert.equal(await fetched(browser, 'wiki'), 200);
});

test('tabs that sign in at the same time all arrive', async () => {
  const browser = new CookieBrowser();
  const paths = ['/one', '/two', '/three'];
  const starts = await Promise.all(paths.map((path) => browser.step(world.url('wiki', path))));
  const pages = await Promise.all(starts.map((start) => browser.get(start.headers.location!)));
  for (const i of [2, 0, 1]) {
    const arrived = await chooseAccount(browser, pages[i]!, 'alice');
    assert.equal(arrived.url.pathname, paths[i]);
    assert.equal(userOf(arrived), 'alice');
  }
});

test('who is no user here, or presses cancel, is told so and gets no session', async () => {
  for (const leave of [
    (browser: CookieBrowser, page: BrowserAnswer) => chooseAccount(browser, page, 'nobody'),
    cancel,
  ]) {
    const browser = new CookieBrowser();
    const page = await leave(browser, await browser.get(world.url('wiki')));
    assert.ok(page.status >= 400 && page.status < 500, String(page.status));
    assert.match(page.body, /Request ID/);
    assert.equal(browser.cookie(hostOf('wiki'), COOKIE), null);
    assert.equal(browser.cookie(DOMAIN, COOKIE), null);
  }
});

test('scripts get 401 JSON while a navigation gets the redirect, also with a session that has ended', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  const sessions = JSON.parse(await world.gateway.command(['sessions', 'list', '--user', 'alice', '-o', 'json']));
  for (const { metadata } of sessions) await world.gateway.api.revokeSession(metadata.uid);
  const called = await browser.step(world.url('wiki'), { accept: '*/*', 'sec-fetch-mode': 'cors' });
  assert.deepEqual([called.status, JSON.parse(called.body).reason], [401, 'session-unknown']);
  const opened = await browser.step(world.url('wiki'));
  assert.equal(opened.status, 303);
  assert.match(opened.headers.location!, new RegExp(`^http://${DOMAIN}:\\d+/\\.ostiary/sign-in\\?`));
});

test('a session outlives a restart', async () => {
  const browser = await world.signedIn(world.url('wiki'));
  const { port } = world.gateway;
  await world.gateway.stop();
  const restarted = await world.gateway.again({ port });
  assert.equal(restarted.port, port);
  assert.equal(await fetched(browser, 'wiki'), 200);
});
