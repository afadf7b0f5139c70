import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as client from 'openid-client';
import { collect, ostiary, spawnOstiary } from '../support/command.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { ask } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, service, workload, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { Issuer } from '../unit/identity/issuer.ts';

const upstream = await RecordingUpstream.start('upstream');
const issuer = await Issuer.start();
await issuer.newKey('RS256');
after(() => issuer.close());

const WHO = { header: { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] } };
const toUpstream = { upstream: { url: upstream.url }, http: WHO };
const JOBS = {
  kind: 'IdentityProvider',
  metadata: { name: 'jobs' },
  spec: { oidcIdentityToken: { issuerURL: issuer.url } },
};
const RUNNER = workload('runner', {
  authentication: { identities: [{ identityProvider: 'jobs', identifier: 'repo:example/app' }] },
});

const world = await SignInWorld.start(
  yaml(
    ALLOW_ALL,
    workload('robot'),
    RUNNER,
    JOBS,
    service('api', { config: toUpstream }),
    service('second', { config: { ...toUpstream, http: { header: { ...WHO.header, authorizationMode: 'PASS' } } } }),
  ),
  ['--workers', '2'],
);
const { gateway } = world;
const server = new URL(world.url(DOMAIN, '/')).origin;

interface Made {
  readonly clientId: string;
  readonly clientSecret: string;
}

async function create(...args: string[]): Promise<Made> {
  return JSON.parse(await gateway.command(['create', 'credential', ...args, '--type', 'oauth2', '-o', 'json']));
}

/** Leads every host name to the gateway, as `curl --resolve` does. */
const toGateway: client.CustomFetch = async (url, { method, headers, body }) => {
  const { host, pathname, search } = new URL(url);
  const {
    status,
    headers: fields,
    body: text,
  } = await ask(gateway.port, {
    host: host.split(':')[0]!,
    path: `${pathname}${search}`,
    method,
    headers: headers as Record<string, string>,
    body: body === undefined || body === null ? null : String(body),
  });
  return new Response(text === '' ? null : text, { status, headers: fields as Record<string, string> });
};

function configuration(id: string, auth: client.ClientAuth): Promise<client.Configuration> {
  return client.discovery(new URL(server), id, undefined, auth, {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
    [client.customFetch]: toGateway,
  });
}

async function who(token: string, host = 'api'): Promise<string> {
  const { status, reason, body } = await gateway.ask(host, '/', { headers: bearer(token) });
  return status === 200 ? String(JSON.parse(body).headers['x-user']) : `${status} ${reason}`;
}

const ci = await create('ci', '--user', 'robot');

for (const [what, auth] of [
  ['client_secret_basic', client.ClientSecretBasic(ci.clientSecret)],
  ['client_secret_post', client.ClientSecretPost(ci.clientSecret)],
] as const) {
  test(`openid-client gets, looks at and ends a token with ${what}, whichever process answers`, async () => {
    const config = await configuration(ci.clientId, auth);
    const tokens = await client.clientCredentialsGrant(config, { scope: 'service:api' });
    assert.deepEqual([tokens.token_type, tokens.scope, tokens.expires_in], ['bearer', 'service:api', 14_400]);
    const token = tokens.access_token;
    for (let i = 0; i < 4; i++) assert.equal(await who(token), 'robot');
    assert.equal(await who(token, 'second'), '403 scope-insufficient');
    assert.equal((await client.tokenIntrospection(config, token)).active, true);
    await client.tokenRevocation(config, token);
    assert.equal((await client.tokenIntrospection(config, token)).active, false);
    assert.equal(await who(token), '401 token-invalid');
  });
}

test('a refusal is in the log with its cause, and says what RFC 6749 wants it to say', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'grant_type=client_credentials&client_id=ab12-cd34&client_secret=x';
  const answer = await gateway.ask(DOMAIN, '/oauth2/token', { method: 'POST', headers, body });
  assert.equal(answer.status, 401);
  assert.equal(JSON.parse(answer.body).error, 'invalid_client');
  assert.match(String(answer.headers['www-authenticate']), /^Basic /);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const entry = await gateway.logged(({ reason, path }) => path === '/oauth2/token' && reason === 'grant-refused');
  assert.ok(!JSON.stringify(entry).includes('client_secret'));
});

test('rotation leaves the former secret good for a while', async () => {
  const first = await create('rotated', '--user', 'robot');
  const next = await create('rotated', '--user', 'robot', '--rotate', '--overlap', '1h');
  assert.equal(next.clientId, first.clientId);
  for (const { clientSecret } of [first, next]) {
    const config = await configuration(first.clientId, client.ClientSecretPost(clientSecret));
    assert.equal(await who((await client.clientCredentialsGrant(config)).access_token), 'robot');
  }
  const { status } = JSON.parse(await gateway.command(['get', 'credential', 'rotated', '-o', 'json']));
  assert.deepEqual([status.id, status.totalRotations], [first.clientId, 1]);
  assert.ok(Date.parse(status.lastUsedAt) <= Date.now());
  await gateway.command(['delete', 'credential', 'rotated']);
  const config = await configuration(first.clientId, client.ClientSecretPost(next.clientSecret));
  await assert.rejects(client.clientCredentialsGrant(config), client.WWWAuthenticateChallengeError);
});

test('a job gets in with the token of its own issuer', async () => {
  const aud = `https://${DOMAIN}`;
  const config = await configuration('unused', client.None());
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const assertion = await issuer.token(Date.now(), { aud, jti: 'once' });
  const { access_token } = await client.genericGrantRequest(config, grant, { assertion });
  assert.equal(await who(access_token), 'runner');
  // the replay may reach the other process
  for (let i = 0; i < 3; i++) {
    await assert.rejects(client.genericGrantRequest(config, grant, { assertion }), { error: 'invalid_grant' });
  }
});

test('a one-time auth token is good once, in whichever process', async () => {
  const args = ['create', 'credential', 'enrol', '--user', 'robot', '--one-time'];
  const shown = (await gateway.command(args)).trim();
  const config = await configuration('unused', client.None());
  const grant = 'urn:ostiary:params:oauth:grant-type:auth-token';
  const use = () => client.genericGrantRequest(config, grant, { auth_token: shown });
  const given = await Promise.allSettled(Array.from({ length: 6 }, use));
  const good = given.filter((one) => one.status === 'fulfilled');
  assert.equal(good.length, 1);
  assert.equal(await who(good[0]!.value.access_token), 'robot');
});

test('a DPoP token is good with proofs of its key, which never reach the upstream', async () => {
  const config = await configuration(ci.clientId, client.ClientSecretPost(ci.clientSecret));
  const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  const tokens = await client.clientCredentialsGrant(config, undefined, { DPoP: dpop });
  assert.equal(tokens.token_type, 'dpop');
  for (const host of ['api', 'second']) {
    const url = new URL(world.url(host, '/x?y=z'));
    const answer = await client.fetchProtectedResource(config, tokens.access_token, url, 'GET', null, undefined, {
      DPoP: dpop,
    });
    const seen = JSON.parse(await answer.text()).headers;
    assert.deepEqual([seen['x-user'], seen.authorization, seen.dpop], ['robot', undefined, undefined], host);
  }
  assert.equal(await who(tokens.access_token), '401 token-invalid');
});

async function approve(browser: CookieBrowser, page: string): Promise<void> {
  const userCode = new URL(page).searchParams.get('user_code')!;
  const asked = await browser.get(page);
  assert.ok(asked.body.includes(userCode) && asked.body.includes('alice'));
  const confirm = await browser.post(`${server}/device`, { user_code: userCode });
  assert.ok(confirm.body.includes('Is this your device?') && confirm.body.includes('127.0.0.1'));
  const done = await browser.post(`${server}/device`, { user_code: userCode, decision: 'approve' });
  assert.ok(done.body.includes('The device is connected'));
}

test('openid-client as a device: a person who was not signed in yet confirms its code', async () => {
  const config = await configuration('ostiary-cli', client.None());
  const begun = await client.initiateDeviceAuthorization(config, { scope: 'service:api' });
  const polled = client.pollDeviceAuthorizationGrant(config, begun);
  const browser = new CookieBrowser();
  const page = await world.signIn(browser, begun.verification_uri_complete!);
  assert.equal(page.url.pathname, '/device');
  await approve(browser, begun.verification_uri_complete!);
  const { access_token, refresh_token } = await polled;
  assert.equal(await who(access_token), 'alice');
  assert.equal(await who(access_token, 'second'), '403 scope-insufficient');
  await renewAndReuse(config, refresh_token!);
});

/** One session of a device, on two processes. */
async function renewAndReuse(config: client.Configuration, first: string): Promise<void> {
  const renew = (token: string) => client.refreshTokenGrant(config, token);
  const raced = await Promise.all(Array.from({ length: 8 }, () => renew(first)));
  assert.equal(new Set(raced.map(({ access_token, refresh_token }) => access_token + refresh_token)).size, 1);
  assert.equal(await who(raced[0]!.access_token), 'alice');
  const next = await renew(raced[0]!.refresh_token!);
  assert.equal(await who(next.access_token), 'alice');
  await assert.rejects(renew(first), { error: 'invalid_grant' });
  const entry = await gateway.logged(({ detail }) => detail?.includes('it was used before') === true);
  assert.equal(entry.reason, 'grant-refused');
  for (let i = 0; i < 3; i++) await assert.rejects(renew(next.refresh_token!), { error: 'invalid_grant' });
  assert.equal(await who(next.access_token), '401 token-invalid');
  assert.ok(!gateway.stdout.includes('ost_rt_'));
}

/** The person sees the login and the token that was made from it, and ends that. */
async function endOnAccountPage(browser: CookieBrowser, token: string): Promise<void> {
  const page = (await browser.get(`${server}/.ostiary/account`)).body;
  assert.match(page, /The ostiary command line<\/strong>\s*<span class="hint">since [^<]* from 127\.0\.0\.1 · /);
  assert.match(page, /A token that another one was exchanged for<\/strong>[^§]*? for service:api</);
  const made = await gateway.api.sessions('alice');
  const session = made.find(({ status }) => status.grant === 'TOKEN_EXCHANGE')!.metadata.name;
  const form = { session };
  const elsewhere = { origin: 'http://evil.localhost', 'sec-fetch-site': 'cross-site' };
  assert.equal((await browser.submit(`${server}/.ostiary/account/sessions`, form, elsewhere)).status, 400);
  assert.equal(await who(token), 'alice');
  await browser.post(`${server}/.ostiary/account/sessions`, form);
  assert.equal(await who(token), '401 token-invalid');
}

test('ostiary login keeps a token for its owner alone; token narrows it, logout ends it', async () => {
  const home = temporaryDirectory();
  const env = { XDG_CONFIG_HOME: home };
  const child = spawnOstiary(['login', '--server', server], { env });
  const [out, err] = [collect(child.stdout!), collect(child.stderr!)];
  const ended = new Promise((resolve) => child.on('close', resolve));
  const shown = await until(
    () => `an address to open; there is: ${err.text}`,
    () => /Open (\S+)\nand confirm the code (\S+)\.\n/.exec(err.text),
  );
  const browser = await world.signedIn(`${server}/`);
  await approve(browser, shown[1]!);
  assert.equal(await ended, 0, err.text);
  assert.match(out.text, /^signed in at http/);
  const file = join(home, 'ostiary/tokens.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!out.text.includes('ost_') && !err.text.includes('ost_'));
  const token = await ostiary(['token', 'api'], { env });
  assert.equal(await who(token.out.trim()), 'alice');
  assert.equal(await who(token.out.trim(), 'second'), '403 scope-insufficient');
  await endOnAccountPage(browser, token.out.trim());
  const kept = () => JSON.parse(readFileSync(file, 'utf8')).logins[server];
  const { accessToken: former, refreshToken } = kept();
  assert.equal(await who(former), 'alice');
  // as it is four hours later
  const stale = readFileSync(file, 'utf8').replace(/"expiresAt": "[^"]*"/, '"expiresAt": "2020-01-01T00:00:00.000Z"');
  writeFileSync(file, stale);
  const renewed = await Promise.all([1, 2].map(() => ostiary(['token', 'api'], { env })));
  for (const { out, err } of renewed) assert.equal(await who(out.trim()), 'alice', err);
  assert.ok(kept().accessToken !== former && kept().refreshToken !== refreshToken);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(home, 'ostiary')), ['tokens.json']);
  const { accessToken } = kept();
  assert.equal(await who(accessToken), 'alice');
  assert.match((await ostiary(['logout'], { env })).out, /^signed out/);
  for (const token of [former, accessToken]) assert.equal(await who(token), '401 token-invalid');
  assert.match((await ostiary(['token', 'api'], { env })).err, /which gateway/);
});
