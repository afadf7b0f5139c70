import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { MOST_FAILURES } from '../../identity/factors/attempts.ts';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { FactorWorld } from '../support/factor-world.ts';
import { DOMAIN } from '../support/gateway-process.ts';

const here = await FactorWorld.start({
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: { authenticator: { enablePasskeyLogin: true } },
});
const { gateway } = here.world;

const COOKIE = 'ostiary-session';
const SHOP = `shop.${DOMAIN}`;
const FACTOR = here.own('second-factor');

/** Chooses the provider: with passkeys there is a choice. */
async function signedIn(account = 'alice'): Promise<CookieBrowser> {
  const browser = new CookieBrowser();
  const query = new URLSearchParams({ to: here.own('account'), provider: 'demo' });
  const page = await browser.get(here.own(`sign-in?${query}`));
  await browser.post(page.url, { account });
  return browser;
}

const isLetOn = ({ status, headers }: BrowserAnswer) => status === 303 && String(headers.location).endsWith('/account');
const failuresOf = (answers: readonly BrowserAnswer[]) => answers.filter((answer) => !isLetOn(answer)).length;

beforeEach(async () => {
  await here.forget('alice');
  await here.forget('bob');
});

test('a code that arrives many times at once, at several processes, counts once', async () => {
  const { app } = await here.addApp(await signedIn());
  const browsers = await Promise.all(Array.from({ length: 4 }, () => signedIn()));
  const code = await app.code();
  const answers = await Promise.all(browsers.map((browser) => browser.submit(FACTOR, { code })));
  assert.equal(failuresOf(answers), 3);
});

test('a code is not taken again, nor the one that it was set up with', async () => {
  const first = await signedIn();
  const { app } = await here.addApp(first);
  const other = await signedIn();
  const [before, now] = [await app.code(-1), await app.code()];
  assert.equal(failuresOf([await other.submit(FACTOR, { code: before })]), 1);
  assert.equal(failuresOf([await other.submit(FACTOR, { code: now })]), 0);
  assert.equal(failuresOf([await (await signedIn()).submit(FACTOR, { code: now })]), 1);
});

describe('guessing', () => {
  test('at once, at several processes, is no more than guessing one by one; and it locks codes of apps only', async () => {
    const { app, recoveryCodes } = await here.addApp(await signedIn('bob'));
    const thief = await signedIn('bob');
    const right = await app.code();
    const wrong = right === '000000' ? '111111' : '000000';
    const guesses = Array.from({ length: 20 }, () => thief.submit(FACTOR, { code: wrong }));
    const answers = await Promise.all(guesses);
    const looked = answers.filter(({ body }) => body.includes('That code is wrong'));
    assert.equal(looked.length, MOST_FAILURES);
    assert.equal(failuresOf(answers), 20);
    assert.match((await thief.submit(FACTOR, { code: right })).body, /Too many wrong codes/);
    const anotherSession = await signedIn('bob');
    assert.equal(
      failuresOf([await anotherSession.submit(FACTOR, { code: right })]),
      1,
      'a new session is no new start',
    );
    assert.equal(failuresOf([await anotherSession.submit(FACTOR, { code: recoveryCodes[0]! })]), 0);
  });

  test('by strangers is not looked at, so they lock nobody out', async () => {
    const { app } = await here.addApp(await signedIn());
    const stranger = new CookieBrowser();
    const answers = await Promise.all(Array.from({ length: 10 }, () => stranger.submit(FACTOR, { code: '000000' })));
    assert.ok(answers.every(({ status }) => status === 401));
    assert.equal(failuresOf([await (await signedIn()).submit(FACTOR, { code: await app.code() })]), 0);
  });
});

const POSTS = [
  'account/sessions',
  'account/factors',
  'account/recovery-codes',
  'account/totp',
  'account/totp/confirm',
  'account/passkey',
  'second-factor',
  'second-factor/passkey',
  'sign-in/passkey',
];

describe('a form on another site', () => {
  const lies: readonly Readonly<Record<string, string>>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: here.url('shop').slice(0, -1) },
    { origin: 'null' },
    {},
  ];
  for (const path of POSTS) {
    test(`changes nothing at ${path}`, async () => {
      const browser = await signedIn();
      for (const headers of lies) {
        const answer = await browser.submit(here.own(path), { others: '1', code: '000000' }, headers);
        assert.deepEqual([answer.status, answer.headers['x-ostiary-reason']], [400, 'bad-request']);
      }
    });
  }

  test('none of these addresses does anything on GET', async () => {
    const browser = await signedIn();
    for (const path of ['account/sessions', 'account/factors', 'account/recovery-codes', 'account/totp/confirm']) {
      assert.equal((await browser.step(here.own(path))).status, 405);
    }
  });
});

test('fixation: a handle of before the second factor is worth nothing after it, on every host', async () => {
  const { app } = await here.addApp(await signedIn());
  const browser = await signedIn();
  await browser.get(here.url('shop'));
  await browser.get(here.url('blog'));
  const thief = new CookieBrowser();
  for (const host of [DOMAIN, SHOP, `blog.${DOMAIN}`]) thief.plant(host, COOKIE, browser.cookie(host, COOKIE)!);
  assert.equal((await thief.step(here.url('blog'))).status, 200);
  assert.equal(failuresOf([await browser.submit(FACTOR, { code: await app.code() })]), 0);
  for (const url of [here.own('account'), here.url('shop'), here.url('blog')]) {
    assert.equal((await thief.step(url)).status, 303, url);
  }
  assert.equal((await browser.get(here.url('shop', '/admin'))).status, 200);
});

describe('a session that has shown no second factor', () => {
  test('changes none, once there is one', async () => {
    await here.addApp(await signedIn());
    const [factor] = await gateway.api.list('Authenticator');
    const thief = await signedIn();
    const tries = [
      await thief.submit(here.own('account/factors'), { factor: factor!.metadata.name }),
      await thief.submit(here.own('account/totp')),
      await thief.submit(here.own('account/totp/confirm'), { code: '000000' }),
      await thief.submit(here.own('account/recovery-codes')),
      await thief.submit(here.own('account/passkey'), { ticket: '', answer: '' }),
      await thief.step(here.own('account/passkey')),
      await thief.step(here.own('account/totp')),
    ];
    for (const { status, headers } of tries) assert.deepEqual([status, headers.location], [303, FACTOR]);
    assert.equal((await gateway.api.list('Authenticator')).length, 1);
  });

  test('confirms no key that was begun before there was a second factor elsewhere', async () => {
    const [thief, owner] = [await signedIn(), await signedIn()];
    await thief.post(here.own('account/totp'));
    await here.addApp(owner);
    const answer = await thief.submit(here.own('account/totp/confirm'), { code: '000000' });
    assert.equal(answer.headers.location, FACTOR);
  });
});

test('what a second factor has raised ends with it, on every host and in every process', async () => {
  const { app } = await here.addApp(await signedIn());
  const thief = await signedIn();
  assert.equal(failuresOf([await thief.submit(FACTOR, { code: await app.code() })]), 0);
  assert.equal((await thief.get(here.url('shop', '/admin'))).status, 200);
  await here.forget('alice');
  for (const url of [here.own('account'), here.url('shop', '/admin'), here.url('shop')]) {
    const statuses = [];
    // connections are shared out among the processes
    while (statuses.length < 20) statuses.push((await thief.step(url)).status);
    assert.deepEqual([...new Set(statuses)], [303], url);
  }
});

test('nobody touches what is another’s', async () => {
  const alice = await signedIn();
  await here.addApp(alice);
  const [factor] = await gateway.api.list('Authenticator');
  const [session] = await gateway.api.sessions('alice');
  const bob = await signedIn('bob');
  await bob.post(here.own('account/factors'), { factor: factor!.metadata.name });
  await bob.post(here.own('account/sessions'), { session: session!.metadata.name });
  await bob.post(here.own('account/sessions'), { others: '1' });
  assert.equal((await gateway.api.list('Authenticator')).length, 1);
  assert.equal((await alice.step(here.own('account'))).status, 200);
});

test('the way back leads to none but our hosts', async () => {
  const { app } = await here.addApp(await signedIn());
  const browser = await signedIn();
  const code = await app.code();
  const places = ['https://evil.example/', '//evil.example/', `http://${DOMAIN}@evil.example/`, 'javascript:alert(1)'];
  for (const to of places) {
    const url = `${FACTOR}?${new URLSearchParams({ to })}`;
    for (const answer of [await browser.step(url), await browser.submit(url, { code })]) {
      assert.deepEqual([answer.status, answer.headers.location], [400, undefined], to);
      assert.ok(!answer.body.includes('evil.example'));
    }
  }
});

test('a Service host that this browser did not come from is handed no session', async () => {
  const { app } = await here.addApp(await signedIn());
  const browser = await signedIn();
  const url = `${FACTOR}?${new URLSearchParams({ to: here.url('shop', '/x') })}`;
  const answer = await browser.submit(url, { code: await app.code() });
  assert.deepEqual([answer.status, answer.headers.location], [303, here.url('shop', '/x')]);
});

test('passkeys that are made up are refused, and no session is made', async () => {
  const before = (await gateway.api.sessions(null)).length;
  const answers = ['', 'null', '{}', '{"id":"AAAA","response":{}}', 'x'.repeat(50_000)];
  for (const answer of answers) {
    const stranger = new CookieBrowser();
    const refused = await stranger.submit(here.own('sign-in/passkey'), { ticket: 'AAAA', answer });
    assert.equal(refused.status, 403);
    assert.equal(stranger.cookie(DOMAIN, COOKIE), null);
  }
  assert.equal((await gateway.api.sessions(null)).length, before);
});

test('what a record says of a key opens for its owner only, and its code is in no page or log', async () => {
  const browser = await signedIn();
  const { app } = await here.addApp(browser);
  const account = await browser.get(here.own('account'));
  assert.doesNotMatch(account.body, /secret=|class="key"/);
  assert.ok(!gateway.stdout.includes(await app.code()));
  assert.doesNotMatch(gateway.stdout + gateway.stderr, /otpauth|secret=/);
});
