import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { Session } from '../../../src/model/index.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { confirmSignOut, fetchOnLoopback, LOGOUT_FEATURES, type ProviderCall } from '../../support/oidc-provider.ts';
import { ALICE, APP, BOB, DOMAIN, group, provider, ROBOT, user } from './fixture.ts';
import { Installation, pageOf } from './installation.ts';

/** What the provider sent to the gateway by itself. */
const seen: ProviderCall[] = [];
const callGateway = fetchOnLoopback(DOMAIN, (call) => seen.push(call));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const MINUTE = 60_000;
const TTLS = ['AccessToken', 'IdToken', 'Interaction', 'Session', 'Grant', 'RefreshToken'];
const people = [
  { sub: 'alice', email: 'alice@example.com', name: 'Alice', groups: ['dev'] as string[] },
  { sub: 'bob', email: 'bob@example.com', name: 'Bob', groups: ['ops'] as string[] },
];

const here = Installation.forFile((port) => ({
  accounts: people,
  metadata: {
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['authorization_code', 'refresh_token'],
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'ours', use: 'sig', alg: 'ES256' }] },
    dpop_bound_access_tokens: true,
    require_pushed_authorization_requests: true,
    backchannel_logout_uri: `http://127.0.0.1:${port}/.ostiary/backchannel-logout/demo`,
    backchannel_logout_session_required: true,
    post_logout_redirect_uris: [`http://${DOMAIN}:${port}/.ostiary/signed-out`],
  },
  settings: {
    features: {
      ...LOGOUT_FEATURES,
      dPoP: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      userinfo: { enabled: true },
    },
    conformIdTokenClaims: true,
    ttl: Object.fromEntries(TTLS.map((name) => [name, 3600])),
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    fetch: callGateway,
  },
}));

function useDemo(oidc: object = {}): void {
  here.fixture.clientSecret = PEM;
  here.fixture.withDirectory([ALICE, BOB, ROBOT, user('eve')], ['prod', 'gone', 'dev', 'ops'].map(group));
  const demo = provider('demo', here.issuer, {
    scopes: ['email', 'groups'],
    useUserInfoEndpoint: true,
    privateKey: { fromSecret: 'client-secret', keyID: 'ours' },
    groups: {
      claim: 'groups',
      rules: [
        { regex: 'dev|ops', groups: ['dev'] },
        { exact: 'ops', groups: ['ops'] },
      ],
    },
    ...oidc,
  });
  delete demo.spec.oidc!.clientSecret;
  here.use(demo);
}

async function signIn(account: string): Promise<{ browser: CookieBrowser; session: Session }> {
  const browser = new CookieBrowser();
  const page = await here.signIn(browser, here.url(APP), account);
  assert.equal(page.status, 200, page.body);
  const { session: name } = JSON.parse(page.body) as { session: string };
  return { browser, session: (await here.fixture.sessions.list()).find(({ metadata }) => metadata.name === name)! };
}

test('PAR, DPoP, private_key_jwt and the UserInfo endpoint sign somebody in, with Groups by claims', async () => {
  useDemo();
  const { session } = await signIn('bob');
  const { info } = session.status.authentication;
  assert.deepEqual(session.status.groups, ['dev', 'ops']);
  assert.equal(info.identityProvider?.issuer, here.issuer);
  assert.equal(info.identityProvider?.subject, 'bob');
  assert.equal(info.identityProvider?.email, 'bob@example.com');
});

test('the tokens of a session are kept sealed and go with it', async () => {
  useDemo();
  const { session } = await signIn('alice');
  const { uid } = session.metadata;
  const kept = await here.fixture.atProviders.find(uid);
  assert.ok(kept?.tokens.idToken);
  assert.ok(kept.tokens.refreshToken);
  const idToken = kept.tokens.idToken.reveal();
  assert.equal(JSON.stringify([...here.fixture.store.recordRows.values()]).includes(idToken), false);
  await here.fixture.sessions.revoke(uid);
  assert.equal(await here.fixture.atProviders.find(uid), null);
});

test('a refresh happens when it is due, rotates the token, and reads the Groups again', async () => {
  useDemo({ refresh: { interval: '5m' } });
  const { session } = await signIn('alice');
  const { uid } = session.metadata;
  const { refresher, atProviders, clock, sessions } = here.fixture;
  const before = (await atProviders.find(uid))!.tokens.refreshToken!.reveal();
  await refresher.look(session);
  assert.equal((await atProviders.find(uid))!.tokens.refreshToken!.reveal(), before);
  people[0]!.groups = ['ops'];
  clock.advance(5 * MINUTE);
  await Promise.all([refresher.look(session), refresher.look(session)]);
  assert.deepEqual(here.fixture.warnings, []);
  assert.notEqual((await atProviders.find(uid))!.tokens.refreshToken!.reveal(), before);
  assert.deepEqual((await sessions.find(uid))?.status.groups, ['dev', 'ops']);
  people[0]!.groups = ['dev'];
});

test('a refresh token that the provider no longer takes ends the session', async () => {
  useDemo({ refresh: { interval: '5m' } });
  const { browser, session } = await signIn('alice');
  const { refresher, atProviders, clock, relyingParty } = here.fixture;
  const { tokens } = (await atProviders.find(session.metadata.uid))!;
  const demo = here.fixture.config.identityProviders[0]!;
  // Somebody else has used it: the provider sees it twice.
  assert.equal((await relyingParty.refresh(demo, tokens.refreshToken!, 'alice')).kind, 'refreshed');
  clock.advance(5 * MINUTE);
  await refresher.look(session);
  assert.match(here.fixture.warnings.pop() ?? '', /has ended: invalid_grant/);
  assert.equal((await browser.step(here.url(APP))).status, 303);
});

test('signing out at the provider too ends its session and comes back', async () => {
  useDemo();
  const { browser } = await signIn('alice');
  const question = await browser.get(here.url(APP, '/.ostiary/sign-out'));
  const { provider: offered } = pageOf(question) as unknown as { provider: { displayName: string; origin: string } };
  assert.deepEqual(offered, { displayName: 'demo', origin: here.issuer });
  const atProvider = await browser.post(question.url, { at: 'provider' });
  assert.equal(atProvider.url.origin, here.issuer);
  const back = await confirmSignOut(browser, atProvider);
  assert.equal(back.url.pathname, '/.ostiary/signed-out');
  assert.deepEqual([pageOf(back).name, (pageOf(back) as { provider?: string }).provider], ['signed-out', 'demo']);
  const again = await browser.get(back.url);
  assert.equal((pageOf(again) as { provider?: string | null }).provider, null);
  assert.match((await browser.get(here.url(APP))).url.href, /\/interaction\//);
});

test('a sign-out at the provider ends the session here, without a browser', async () => {
  useDemo();
  const { browser, session } = await signIn('bob');
  const other = await signIn('alice');
  seen.length = 0;
  await confirmSignOut(browser, await browser.get(`${here.issuer}/session/end`));
  assert.deepEqual(
    seen.map(({ path, status }) => [path, status]),
    [['/.ostiary/backchannel-logout/demo', 200]],
  );
  assert.equal(await here.fixture.sessions.find(session.metadata.uid), null);
  assert.notEqual(await here.fixture.sessions.find(other.session.metadata.uid), null);
  const body = new URLSearchParams(seen[0]!.form);
  const replayed = await callGateway(here.url(DOMAIN, '/.ostiary/backchannel-logout/demo'), { body });
  assert.equal(replayed.status, 400);
});
