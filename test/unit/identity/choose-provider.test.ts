import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { IdentityProvider } from '../../../src/model/index.ts';
import { type BrowserAnswer, CookieBrowser } from '../../support/cookie-browser.ts';
import { chooseAccount } from '../../support/oidc-provider.ts';
import { ALICE, APP, BOB, DOMAIN, group, provider, WIKI } from './fixture.ts';
import { Installation, pageOf } from './installation.ts';

const here = Installation.forFile();
const COOKIE = 'ostiary-provider';

interface Choice {
  readonly name: string;
  readonly providers: readonly { readonly name: string; readonly href: string; readonly isRemembered: boolean }[];
  readonly byEmail: { readonly action: string; readonly asked: object | null; readonly all: string } | null;
}

/** His address is at no domain of that provider, which therefore must be stated to know him. */
const KNOWN_AT_OTHER = {
  ...BOB,
  spec: { ...BOB.spec, authentication: { identities: [{ identityProvider: 'other', identifier: 'bob' }] } },
};

beforeEach(() => {
  const { fixture } = here;
  fixture.withDirectory([ALICE, KNOWN_AT_OTHER], [group('prod'), group('gone')]);
  fixture.config = { ...fixture.config, providerFor: () => null };
  here.use(named('demo', ['example.com']), named('other', ['example.org', 'Partner.Example']));
});

function named(name: string, emailDomains?: string[]): IdentityProvider {
  const one = provider(name, here.issuer);
  return { ...one, spec: { ...one.spec, ...(emailDomains && { emailDomains }) } };
}

function choiceOf(answer: BrowserAnswer): Choice {
  return pageOf(answer) as unknown as Choice;
}

async function post(browser: CookieBrowser, email: string, headers?: Record<string, string>): Promise<BrowserAnswer> {
  const choice = await browser.get(here.url(APP, '/x'));
  return browser.submit(new URL(choiceOf(choice).byEmail!.action, choice.url), { email }, headers);
}

test('an e-mail address finds the provider that states its whole domain', async () => {
  const found: Record<string, string[]> = {
    'ann@example.com': ['demo'],
    ' Ann@EXAMPLE.org ': ['other'],
    'ann@partner.example': ['other'],
    'ann@sub.example.com': ['demo', 'other'],
    'ann@example.com.evil.org': ['demo', 'other'],
    'ann@evil.org@example.com': ['demo', 'other'],
    'example.com': ['demo', 'other'],
    '@example.com': ['demo', 'other'],
    '': ['demo', 'other'],
  };
  for (const [email, names] of Object.entries(found)) {
    const { providers, byEmail } = choiceOf(await post(new CookieBrowser(), email));
    assert.deepEqual(
      providers.map(({ name }) => name),
      names,
      email,
    );
    assert.deepEqual(byEmail?.asked, { email: email.trim(), isKnown: names.length === 1 });
  }
});

test('what was found leads to the page that was asked for', async () => {
  const browser = new CookieBrowser();
  const answer = await post(browser, 'ann@example.com');
  const atProvider = await browser.get(new URL(choiceOf(answer).providers[0]!.href, answer.url));
  assert.equal((await chooseAccount(browser, atProvider, 'alice')).url.href, here.url(APP, '/x'));
});

test('an address that another site posts finds nothing', async () => {
  const answer = await post(new CookieBrowser(), 'ann@example.com', { 'sec-fetch-site': 'cross-site' });
  assert.equal(answer.status, 403);
});

test('without domains there is no field', async () => {
  here.use(named('demo'), named('other'));
  assert.equal(choiceOf(await new CookieBrowser().get(here.url(APP))).byEmail, null);
});

async function signedInAtOther(): Promise<CookieBrowser> {
  const browser = new CookieBrowser();
  const choice = await browser.get(here.url(APP));
  const href = choiceOf(choice).providers.find(({ name }) => name === 'other')!.href;
  await chooseAccount(browser, await browser.get(new URL(href, choice.url)), 'bob');
  return browser;
}

test('the choice is remembered, and another one can be made', async () => {
  const browser = await signedInAtOther();
  assert.equal(browser.cookie(DOMAIN, COOKIE), 'other');
  for (const { metadata } of await here.fixture.sessions.list()) await here.fixture.sessions.revoke(metadata.uid);
  const straight = await browser.step((await browser.step(here.url(APP))).headers.location!);
  assert.match(straight.headers.location ?? '', /^http:\/\/127\.0\.0\.1/);
  // Back from the provider without having signed in: perhaps it was the wrong one.
  const again = choiceOf(await browser.get(here.url(APP)));
  assert.deepEqual(
    again.providers.map(({ name, isRemembered }) => [name, isRemembered]),
    [
      ['other', true],
      ['demo', false],
    ],
  );
});

test('whoever signs out is asked again', async () => {
  const browser = await signedInAtOther();
  await browser.post(here.url(APP, '/.ostiary/sign-out'));
  assert.equal(choiceOf(await browser.get(here.url(APP))).name, 'choose-provider');
  assert.equal(browser.cookie(DOMAIN, COOKIE), null);
});

test('to switch the account is to choose anew', async () => {
  const browser = await signedInAtOther();
  const choice = choiceOf(await browser.get(here.url(APP, '/.ostiary/sign-in?switch=1')));
  assert.equal(choice.name, 'choose-provider');
});

test('a remembered provider that is gone, made up, or repeated counts for nothing', async () => {
  for (const value of ['gone', '', '__proto__']) {
    const browser = new CookieBrowser();
    browser.plant(DOMAIN, COOKIE, value);
    assert.equal(choiceOf(await browser.get(here.url(APP))).name, 'choose-provider', value);
  }
});

test('with one provider there is nothing to remember', async () => {
  here.use(named('demo'));
  const browser = await here.signedIn(here.url(APP));
  assert.equal(browser.cookie(DOMAIN, COOKIE), null);
});

test('a Service may want its sign-ins at one provider, whatever is remembered or asked for', async () => {
  const { fixture } = here;
  const providerFor = (host: string) => (host === WIKI ? 'demo' : null);
  fixture.config = { ...fixture.config, providerFor };
  const browser = new CookieBrowser();
  browser.plant(DOMAIN, COOKIE, 'other');
  const atDemo = await browser.get(here.url(WIKI, '/.ostiary/sign-in?switch=1'));
  await chooseAccount(browser, atDemo, 'alice');
  const [session] = await fixture.sessions.list('alice');
  assert.equal(session?.status.authentication.info.identityProvider?.identityProviderRef.name, 'demo');
});

test('a Service whose provider is switched off lets nobody sign in elsewhere', async () => {
  here.fixture.config = { ...here.fixture.config, providerFor: () => 'off' };
  assert.equal(pageOf(await new CookieBrowser().get(here.url(APP))).code, 'provider-unknown');
});
