import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  chooseAccount,
  confirmSignOut,
  fetchOnLoopback,
  LOGOUT_FEATURES,
  startTestProvider,
} from '../support/oidc-provider.ts';
import { group, service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { EchoSockets, SocketClient } from '../support/web-socket.ts';

const TWO = ['--workers', '2'];
const ACCOUNTS = [
  { sub: 'dana', email: 'dana@example.com', name: 'Dana', groups: ['team-ops'] },
  { sub: 'erik', email: 'erik@example.com', name: 'Erik', groups: ['team-web'] },
  { sub: 'nora', email: 'nora@example.com', name: 'Nora', groups: [] },
  { sub: 'mallory', email: 'mallory@evil.example', name: 'Mallory', groups: ['team-ops'] },
];

const upstream = await startUpstream();
const sockets = await EchoSockets.start();

async function startUpstream(): Promise<string> {
  const server = createServer((_, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const inGroup = (name: string) => ({
  inlinePolicies: [
    {
      name: 'members',
      spec: { rules: [{ effect: 'ALLOW', condition: { match: `"${name}" in ctx.user.spec.groups` } }] },
    },
  ],
});

const RESOURCES = yaml(
  group('everybody'),
  group('ops'),
  service('ops', { authorization: inGroup('ops'), config: { upstream: { url: upstream } } }),
  service('web', { authorization: inGroup('everybody'), config: { upstream: { url: upstream } } }),
  service('chat', { authorization: inGroup('ops'), config: { upstream: { url: sockets.url } } }),
);

function identityProvider(issuerURL: string): string {
  const secret = { kind: 'Secret', metadata: { name: 'client-secret' }, spec: {}, data: { value: CLIENT_SECRET } };
  const spec = {
    justInTime: { allowed: true, emailDomains: ['example.com'], groups: ['everybody'] },
    postAuthenticationRules: [
      { condition: { match: 'ctx.authenticationInfo.identityProvider.email.startsWith("nora@")' }, effect: 'DENY' },
    ],
    oidc: {
      clientID: CLIENT_ID,
      clientSecret: { fromSecret: 'client-secret' },
      issuerURL,
      scopes: ['email', 'groups'],
      groups: { claim: 'groups', rules: [{ regex: 'team-o.*', groups: ['ops'] }] },
    },
  };
  return yaml(secret, { kind: 'IdentityProvider', metadata: { name: 'demo' }, spec });
}

async function startWorld(): Promise<{ world: SignInWorld; issuer: string }> {
  const gateway = await GatewayProcess.start({ args: TWO, files: { 'resources.yaml': RESOURCES } });
  const world = new SignInWorld(gateway);
  const provider = await startTestProvider([world.url(DOMAIN, '/.ostiary/callback/demo')], {
    accounts: ACCOUNTS,
    metadata: {
      backchannel_logout_uri: world.url(DOMAIN, '/.ostiary/backchannel-logout/demo'),
      backchannel_logout_session_required: true,
    },
    settings: { features: LOGOUT_FEATURES, fetch: fetchOnLoopback(DOMAIN) },
  });
  after(() => provider.close());
  await gateway.write('provider.yaml', identityProvider(provider.issuer));
  return { world, issuer: provider.issuer };
}

test('people who are no Users yet sign in, with Groups by their claims, in whatever worker', async () => {
  const { world } = await startWorld();
  const browsers = [new CookieBrowser(), new CookieBrowser(), new CookieBrowser(), new CookieBrowser()];
  const pages = await Promise.all(browsers.map((browser) => browser.get(world.url('web'))));
  const arrived = await Promise.all(pages.map((page, i) => chooseAccount(browsers[i]!, page, 'dana')));
  assert.deepEqual(
    arrived.map(({ status, body }) => [status, body]),
    arrived.map(() => [200, 'here']),
  );
  const users = (await world.gateway.command(['get', 'users'])).match(/^dana-\S+/gm);
  assert.equal(users?.length, 1, String(users));
  for (let n = 0; n < 8; n++) assert.equal((await browsers[n % 4]!.get(world.url('ops'))).status, 200);
  const erik = await world.signedIn(world.url('web'), 'erik');
  for (let n = 0; n < 4; n++) {
    assert.equal((await erik.get(world.url('web'))).status, 200);
    assert.equal((await erik.get(world.url('ops'))).status, 403);
  }
  const mallory = await world.signIn(new CookieBrowser(), world.url('ops'), 'mallory');
  assert.equal(mallory.status, 403);
  assert.match(mallory.body, /not a user here/);
  const nora = await world.signIn(new CookieBrowser(), world.url('web'), 'nora');
  assert.equal(nora.status, 403);
  assert.match(nora.body, /do not let you in/);
  assert.doesNotMatch(await world.gateway.command(['get', 'users']), /nora|mallory/);
  // Users that signing in has made are nobody's text: an apply takes none of them away.
  await world.gateway.command(['apply', '-', '--prune'], yaml(group('more')));
  assert.equal((await browsers[0]!.get(world.url('ops'))).status, 200);
});

test('a sign-out at the provider ends the session in every worker, and what is open', async () => {
  const { world, issuer } = await startWorld();
  const browser = await world.signedIn(world.url('ops'), 'dana');
  const other = await world.signedIn(world.url('ops'), 'dana');
  await browser.get(world.url('chat'));
  const cookie = `ostiary-session=${browser.cookie(`chat.${DOMAIN}`, 'ostiary-session')}`;
  const open = { host: `chat.${DOMAIN}`, headers: { cookie, origin: world.url('chat').replace(/\/$/, '') } };
  const clients = await Promise.all([1, 2, 3, 4].map(() => SocketClient.open(world.gateway.port, open)));
  await confirmSignOut(browser, await browser.get(`${issuer}/session/end`));
  for (const client of clients) assert.equal((await client.ended()).code, 1008);
  for (let n = 0; n < 8; n++) assert.equal((await browser.step(world.url('ops'))).status, 303);
  assert.equal((await other.step(world.url('ops'))).status, 200);
});
