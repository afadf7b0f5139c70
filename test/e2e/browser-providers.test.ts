import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { startEchoUpstream } from '../../src/dev/echo-upstream.ts';
import type { InnerProvider } from '../../src/dev/inner-provider.ts';
import { describeInChromium } from '../support/chromium.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { CLIENT_ID, CLIENT_SECRET, LOGOUT_FEATURES, startTestProvider } from '../support/oidc-provider.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';
import { PEOPLE, SignInWorld } from '../support/sign-in-world.ts';

const upstream = await startEchoUpstream({ name: 'app', port: 0 });
after(() => upstream.close());
const world = await startWorld();

async function startWorld(): Promise<SignInWorld> {
  const resources = yaml(
    ...PEOPLE.map(atPartner),
    ALLOW_ALL,
    service('app', { config: { upstream: { url: upstream.url } } }),
    service('own', { identityProvider: 'partner', config: { upstream: { url: upstream.url } } }),
  );
  const started = new SignInWorld(await GatewayProcess.start({ files: { 'resources.yaml': resources } }));
  const [company, partner] = await Promise.all([startProvider(started, 'company'), startProvider(started, 'partner')]);
  const secret = { kind: 'Secret', metadata: { name: 'client-secret' }, spec: {}, data: { value: CLIENT_SECRET } };
  const documents = [
    secret,
    providerDocument('company', 'Company', company.issuer, ['example.com']),
    providerDocument('partner', 'Partner', partner.issuer, ['partner.example']),
  ];
  await started.gateway.write('provider.yaml', yaml(...documents));
  return started;
}

async function startProvider(of: SignInWorld, name: string): Promise<InnerProvider> {
  const provider = await startTestProvider([of.url(DOMAIN, `/.ostiary/callback/${name}`)], {
    metadata: { post_logout_redirect_uris: [of.url(DOMAIN, '/.ostiary/signed-out')] },
    settings: { features: LOGOUT_FEATURES },
  });
  after(() => provider.close());
  return provider;
}

/** Her address is at none of its domains, so that she must state that she is known there. */
function atPartner({ spec, ...person }: (typeof PEOPLE)[number]) {
  const identities = [{ identityProvider: 'partner', identifier: person.metadata.name }];
  return { ...person, spec: { ...spec, authentication: { identities } } };
}

function providerDocument(name: string, displayName: string, issuerURL: string, emailDomains: string[]) {
  const oidc = { clientID: CLIENT_ID, clientSecret: { fromSecret: 'client-secret' }, issuerURL };
  return { kind: 'IdentityProvider', metadata: { name }, spec: { displayName, emailDomains, oidc } };
}

async function becomeAlice(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Alice Example' }).click();
  await page.waitForURL((url) => url.hostname !== '127.0.0.1');
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: `Continue with ${name}` }).click();
}

function fits(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= innerWidth');
}

describeInChromium('several providers', (chromium) => {
  for (const javaScriptEnabled of [true, false]) {
    test(`an e-mail address finds one, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (t) => {
      const visitor = await chromium.open(t, { javaScriptEnabled });
      const { page } = visitor;
      await page.goto(world.url('app', '/deep'));
      await page.getByLabel('Or find it by your e-mail address').fill('ann@nowhere.example');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByText('No provider is set up for “ann@nowhere.example”').waitFor();
      await page.getByLabel('Or find it by your e-mail address').fill('alice@example.com');
      await page.getByRole('button', { name: 'Find' }).click();
      assert.equal(await page.getByRole('link', { name: /Continue with/ }).count(), 1);
      await choose(page, 'Company');
      await becomeAlice(page);
      assert.equal(page.url(), world.url('app', '/deep'));
    });
  }

  test('whoever has signed out chooses again, and the one that was used last comes first', async (t) => {
    const { page } = await chromium.open(t);
    await page.goto(world.url('app'));
    await choose(page, 'Partner');
    await becomeAlice(page);
    await page.goto(world.url('app', '/.ostiary/sign-out'));
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.waitForURL('**/.ostiary/signed-out');
    await page.goto(world.url('app'));
    // Whoever comes next may be somebody else; but the provider still knows her.
    await choose(page, 'Partner');
    assert.equal(page.url(), world.url('app'));
    await page.goto(world.url('app', '/.ostiary/sign-in?switch=1'));
    await page.getByRole('link', { name: 'Continue with Partner (used last)' }).waitFor();
    await choose(page, 'Company');
    await becomeAlice(page);
  });

  test('the pages fit a telephone, and what is on them has a name', async (t) => {
    const { page } = await chromium.open(t, { viewport: { width: 320, height: 640 } });
    await page.goto(world.url('app'));
    await page
      .getByRole('textbox', { name: 'Or find it by your e-mail address' })
      .fill(`${'a'.repeat(100)}@example.com`);
    assert.ok(await fits(page));
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('status').waitFor();
    assert.ok(await fits(page));
  });

  test('a Service leads to its own', async (t) => {
    const { page } = await chromium.open(t);
    await page.goto(world.url('own'));
    await becomeAlice(page);
    assert.equal(page.url(), world.url('own'));
  });

  test('signing out at the provider too comes back, and the next sign-in asks there who it is', async (t) => {
    const { page } = await chromium.open(t);
    await page.goto(world.url('own'));
    await becomeAlice(page);
    await page.goto(world.url('own', '/.ostiary/sign-out'));
    await page.getByRole('button', { name: 'Sign out at Partner too' }).click();
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByText('Partner has sent you back after signing out there.').waitFor();
    await page.goto(world.url('own'));
    await page.getByRole('button', { name: 'Alice Example' }).waitFor();
  });
});
