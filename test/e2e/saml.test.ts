import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startEchoUpstream } from '../../src/dev/echo-upstream.ts';
import { describeInChromium } from '../support/chromium.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { group, policy, service, yaml } from '../support/resources.ts';
import { SamlProvider } from '../support/saml-provider.ts';
import { signInBySaml } from '../support/saml-sign-in.ts';

const upstream = await startEchoUpstream({ name: 'app', port: 0 });
const saml = await SamlProvider.start();
after(() => Promise.all([upstream.close(), saml.close()]));
beforeEach(() => saml.reset());

const settings = {
  metadataURL: saml.metadataURL,
  groups: { claim: 'memberOf', rules: [{ exact: 'ops', groups: ['operators'] }] },
};
const config = { upstream: { url: upstream.url } };
const gateway = await GatewayProcess.start({
  files: {
    'resources.yaml': yaml(
      group('operators'),
      policy('operators', { effect: 'ALLOW', condition: { match: '"operators" in ctx.user.spec.groups' } }),
      { kind: 'User', metadata: { name: 'alice' }, spec: { type: 'HUMAN', email: 'alice@example.com' } },
      {
        kind: 'IdentityProvider',
        metadata: { name: 'corp' },
        spec: {
          saml: settings,
          aalRules: [{ condition: { match: '"hardware" in ctx.assertionMap.factors' }, aal: 'AAL2' }],
          postAuthenticationRules: [
            { name: 'no guests', condition: { match: '"guest" in ctx.assertionMap.memberOf' }, effect: 'DENY' },
          ],
          justInTime: { allowed: true, emailDomains: ['example.com'] },
        },
      },
      service('app', { authorization: { policies: ['allow-all'] }, config }),
      service('ops', { authorization: { policies: ['operators'] }, config }),
    ),
  },
  args: ['--workers', '2'],
});
const page = (name = 'app', path = '/deep?x=1') => `http://${name}.${DOMAIN}:${gateway.port}${path}`;

test('people sign in at whatever worker, and their attributes say what they may', async () => {
  for (const groups of [
    ['ops', 'all'],
    ['all', 'none'],
  ]) {
    saml.attributes = { memberOf: groups, factors: ['hardware', 'password'] };
    for (let visit = 0; visit < 3; visit++) {
      const browser = new CookieBrowser();
      const answer = await signInBySaml(browser, new CookieBrowser(), saml, page());
      assert.deepEqual([answer.status, answer.url.toString()], [200, page()]);
      assert.equal((await browser.get(page('ops'))).status, groups.includes('ops') ? 200 : 403);
    }
  }
  const sessions = await gateway.api.sessions(null);
  assert.deepEqual(new Set(sessions.map(({ status }) => status.authentication.info.aal)), new Set(['AAL2']));
});

test('rules keep people out, and whoever is new becomes a User once, in both workers', async () => {
  saml.attributes = { memberOf: ['guest', 'ops'] };
  const refused = await signInBySaml(new CookieBrowser(), new CookieBrowser(), saml, page());
  assert.deepEqual([refused.status, /user-not-admitted/.test(refused.body)], [403, true]);
  saml.attributes = { memberOf: ['x', 'y'] };
  saml.person = 'nora@example.com';
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => signInBySaml(new CookieBrowser(), new CookieBrowser(), saml, page())),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const users = await gateway.command(['get', 'user']);
  assert.equal(users.match(/^nora-/gm)?.length, 1);
});

async function signIn(at: Page): Promise<void> {
  await at.getByRole('button', { name: /Continue as/ }).click();
  await at.waitForURL((url) => url.hostname !== '127.0.0.1');
}

describeInChromium('SAML', (chromium) => {
  for (const javaScriptEnabled of [true, false]) {
    test(`the cookies come along after the post from another site, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      saml.attributes = { memberOf: ['x', 'y'] };
      const { page: tab } = await chromium.open(t, { javaScriptEnabled });
      await tab.goto(page());
      await signIn(tab);
      assert.equal(tab.url(), page());
      await tab.goto(page('app', '/again'));
      assert.equal(tab.url(), page('app', '/again'), 'the session lasts');
    });
  }

  test('who signs out and in again is asked anew by the provider', async (t) => {
    saml.attributes = { memberOf: ['x', 'y'] };
    const { page: tab } = await chromium.open(t);
    await tab.goto(page());
    await signIn(tab);
    await tab.goto(page('app', '/.ostiary/sign-out'));
    await tab.getByRole('button', { name: 'Sign out' }).click();
    await tab.waitForURL('**/.ostiary/signed-out');
    await tab.getByRole('link', { name: 'Sign in' }).click();
    await signIn(tab);
    assert.equal(saml.requests.at(-1)?.forceAuthn, true);
  });

  test('a page that was sent twice says so, and the session goes on', async (t) => {
    saml.attributes = { memberOf: ['x', 'y'] };
    const visitor = await chromium.open(t);
    const { page: tab } = visitor;
    await tab.goto(page());
    const provider = tab.url();
    await signIn(tab);
    await tab.goto(provider);
    await tab.getByRole('button', { name: /Continue as/ }).click();
    await tab.getByText('sign-in-unknown').waitFor();
    await tab.goto(page());
    assert.equal(tab.url(), page());
  });
});
