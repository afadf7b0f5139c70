import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createDemoCertificates } from '../../src/dev/demo-certificates.ts';
import { startEchoUpstream } from '../../src/dev/echo-upstream.ts';
import { describeInChromium } from '../support/chromium.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { CLIENT_ID, CLIENT_SECRET, startTestProvider } from '../support/oidc-provider.ts';
import { type Document, policy, service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import type { Visitor } from '../support/visitor.ts';
import { chooseAccount, signOut } from './browser-steps.ts';

const DOMAIN = 'example.test';
const COOKIE = '__Host-ostiary-session';
const IGNORE_CERTIFICATE = { ignoreHTTPSErrors: true };

const user = (name: string): Document => {
  return { kind: 'User', metadata: { name }, spec: { type: 'HUMAN', email: `${name}@example.com` } };
};

function resources(upstream: string): string {
  const addRequestHeaders = [{ key: 'X-User', eval: 'ctx.user.metadata.name' }];
  const config = { upstream: { url: upstream }, http: { header: { addRequestHeaders } } };
  return yaml(
    user('alice'),
    user('bob'),
    policy('alice-only', { effect: 'ALLOW', condition: { match: 'ctx.user.metadata.name == "alice"' } }),
    service('echo', { mode: 'WEB', authorization: { policies: ['allow-all'] }, config }),
    service('wild', { mode: 'WEB', hosts: [`*.${DOMAIN}`], authorization: { policies: ['allow-all'] }, config }),
    service('closed', { mode: 'WEB', authorization: { policies: ['alice-only'] }, config }),
  );
}

function identityProviders(issuerURL: string): string {
  const oidc = { clientID: CLIENT_ID, clientSecret: { fromSecret: 'client-secret' }, issuerURL };
  return yaml(
    { kind: 'Secret', metadata: { name: 'client-secret' }, spec: {}, data: { value: CLIENT_SECRET } },
    ...['staff', 'guests'].map((name) => {
      return { kind: 'IdentityProvider', metadata: { name, displayName: `The ${name}` }, spec: { oidc } };
    }),
  );
}

function certificateArguments(): string[] {
  const directory = temporaryDirectory();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const made = createDemoCertificates([DOMAIN, `*.${DOMAIN}`]);
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key);
  return ['--tls-cert', cert, '--tls-key', key];
}

const upstream = await startEchoUpstream({ name: 'echo' });
const gateway = await GatewayProcess.start({
  files: { 'resources.yaml': resources(upstream.url) },
  args: ['--domain', DOMAIN, ...certificateArguments()],
});
const provider = await startTestProvider(['staff', 'guests'].map((name) => `${url()}.ostiary/callback/${name}`));
await gateway.write('providers.yaml', identityProviders(provider.issuer));
after(() => Promise.all([provider.close(), upstream.close()]));

function url(name: string | null = null, path = '/'): string {
  return `https://${name === null ? '' : `${name}.`}${DOMAIN}:${gateway.port}${path}`;
}

describeInChromium(
  'signing in over HTTPS on another domain, with two identity providers',
  (chromium) => {
    async function signIn({ page }: Visitor, address: string, person: 'alice' | 'bob'): Promise<void> {
      await page.goto(address);
      await page.getByRole('link', { name: 'Continue with The staff' }).click();
      await chooseAccount(page, person);
    }

    test('the whole way: provider, portal, Service, denied, other account, out', async (t) => {
      const visitor = await chromium.open(t, IGNORE_CERTIFICATE);
      const { page } = visitor;
      await page.goto(url('echo', '/deep?x=1'));
      assert.match(await visitor.text('main'), /to reach echo at echo\.example\.test/);
      await page.getByRole('link', { name: 'Continue with The guests' }).click();
      await chooseAccount(page, 'bob');
      assert.equal(page.url(), url('echo', '/deep?x=1'));
      assert.equal((await visitor.goto(url('closed'))).status(), 403);
      await visitor.goto(url());
      assert.deepEqual(await page.locator('.service .title').allInnerTexts(), ['echo', 'wild']);
      await visitor.goto(url('closed'));
      await page.getByRole('link', { name: 'Switch account' }).click();
      await page.getByRole('link', { name: 'Continue with The staff' }).click();
      await chooseAccount(page, 'alice');
      assert.equal(page.url(), url('closed'));
      await signOut(page);
      await visitor.goto(url('echo'));
      assert.equal(await visitor.heading(), 'Sign in');
    });

    test('cookies are for one host, for HTTPS, and out of the reach of scripts', async (t) => {
      const visitor = await chromium.open(t, IGNORE_CERTIFICATE);
      await signIn(visitor, url('echo'), 'alice');
      await visitor.goto(url('closed'));
      const ours = (await visitor.context.cookies()).filter(({ domain }) => domain.endsWith(DOMAIN));
      for (const { name, secure, httpOnly, sameSite, path } of ours) {
        assert.match(name, /^__Host-ostiary-(session|provider|binding-[a-z0-9]+)$/);
        assert.deepEqual(
          { secure, httpOnly, sameSite, path },
          { secure: true, httpOnly: true, sameSite: 'Lax', path: '/' },
        );
      }
      const sessions = ours.filter(({ name }) => name === COOKIE);
      // A leading dot would mean: for the hosts below, too.
      assert.deepEqual(sessions.map(({ domain }) => domain).sort(), [`closed.${DOMAIN}`, `echo.${DOMAIN}`, DOMAIN]);
      assert.equal(new Set(sessions.map(({ value }) => value)).size, 3);
      assert.equal(await visitor.page.evaluate('document.cookie'), '');
    });

    test('whoever the provider knows and we do not is told so, and may try another account', async (t) => {
      const visitor = await chromium.open(t, IGNORE_CERTIFICATE);
      const { page } = visitor;
      await page.goto(url('echo'));
      await page.getByRole('link', { name: 'Continue with The staff' }).click();
      await page.getByRole('button', { name: 'Not A User' }).click();
      assert.equal(await visitor.heading(), 'You are not signed in');
      assert.match(await visitor.text('main'), /user-unknown/);
      await page.getByRole('link', { name: 'Try again' }).click();
      await page.getByRole('link', { name: 'Continue with The staff' }).click();
      await chooseAccount(page, 'bob');
      assert.equal(page.url(), url('echo'));
    });

    test('a host that only a wildcard covers is asked about before it learns who it is', async (t) => {
      const visitor = await chromium.open(t, IGNORE_CERTIFICATE);
      const { page } = visitor;
      await signIn(visitor, url('any', '/x'), 'alice');
      assert.equal(await visitor.heading(), 'Continue to this address?');
      await page.getByRole('button', { name: `Continue to any.${DOMAIN}` }).click();
      await page.waitForURL(url('any', '/x'));
      assert.equal(await visitor.heading(), 'Hello alice');
    });

    test('it works where third-party cookies are blocked', async (t) => {
      const visitor = await chromium.open(t, IGNORE_CERTIFICATE);
      await blockThirdPartyCookies(visitor);
      await signIn(visitor, url(), 'alice');
      await visitor.page.getByRole('link', { name: 'echo' }).click();
      await visitor.page.getByRole('heading', { name: 'Hello alice' }).waitFor();
      await seeThatTheyAreBlocked(visitor);
      await visitor.goto(url('echo'));
      await signOut(visitor.page);
    });
  },
  ['--host-resolver-rules=MAP *.test 127.0.0.1'],
);

/** The setting of the browser's own privacy page, for this tab. */
async function blockThirdPartyCookies({ context, page }: Visitor): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCookieControls', { enableThirdPartyCookieRestriction: true });
}

/** Another site's cookie goes there when its page is opened, and not when a page of ours calls it. */
async function seeThatTheyAreBlocked(visitor: Visitor): Promise<void> {
  const { context, page } = visitor;
  const url = `https://other-site.test:${gateway.port}/`;
  visitor.expectRefusal(url);
  await context.addCookies([{ name: 'theirs', value: '1', url, sameSite: 'None', secure: true }]);
  const called = page.waitForRequest(url);
  await page.evaluate(`fetch('${url}', { credentials: 'include', mode: 'no-cors' }).then(() => null)`);
  assert.equal(await (await called).headerValue('cookie'), null);
  const opened = await page.goto(url);
  assert.equal(await opened?.request().headerValue('cookie'), 'theirs=1');
}
