import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { InnerProvider } from '../../src/dev/inner-provider.ts';
import type { Session } from '../../src/model/index.ts';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { startExampleUpstreams } from '../support/example-upstreams.ts';
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
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, group, service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';

/** Another provider's people: the first one has every option on, the second one a plain client secret. */
const STAFF = [
  { sub: 'dana', email: 'dana@example.com', name: 'Dana', groups: ['team-prod'] },
  { sub: 'erik', email: 'erik@example.com', name: 'Erik', groups: ['team-dev'] },
];
const PARTNERS = [{ sub: 'pat', email: 'pat@partner.example', name: 'Pat', groups: [] }];
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const TTLS = ['AccessToken', 'IdToken', 'Interaction', 'Session', 'Grant', 'RefreshToken'];

const upstreams = await startExampleUpstreams();
const plain = await RecordingUpstream.start('plain');
const gateway = await GatewayProcess.start({
  args: ['--workers', '2', ...upstreams.args],
  env: upstreams.env,
  files: {
    'services.yaml': services(),
    'example.yaml': readFileSync(join(import.meta.dirname, '../../deploy/examples/octelium/api-by-group.yaml'), 'utf8'),
  },
});
const world = new SignInWorld(gateway);
const staff = await startStaff();
const partners = await startPartners();
await gateway.write('providers.yaml', providers());

/** What the session says is asked for in conditions, so that a page that opens is the proof. */
function services(): string {
  const info = 'ctx.session.status.authentication.info';
  const first = 'ctx.session.status.initialAuthentication';
  const asked = [
    `${info}.aal == "AAL2" && ${info}.identityProvider.identityProviderRef.name == "staff"`,
    `${first}.info.identityProvider.subject == ctx.user.spec.authentication.identities[0].subject`,
    `${first}.setAt <= now() && ctx.session.status.totalAuthentications == 1`,
    'ctx.session.status.lastAuthentications == []',
  ].join(' && ');
  const authorization = { inlinePolicies: [{ spec: { rules: [{ effect: 'DENY', condition: { not: asked } }] } }] };
  const config = { upstream: { url: plain.url } };
  return yaml(
    ALLOW_ALL,
    ...['prod', 'dev', 'guests'].map(group),
    service('strict', { authorization, config }),
    service('guests', { identityProvider: 'partners', config }),
  );
}

function startStaff(): Promise<InnerProvider> {
  return started(STAFF, 'staff', {
    metadata: {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['authorization_code', 'refresh_token'],
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'ours', use: 'sig', alg: 'ES256' }] },
      dpop_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      backchannel_logout_uri: world.url(DOMAIN, '/.ostiary/backchannel-logout/staff'),
      backchannel_logout_session_required: true,
      post_logout_redirect_uris: [world.url(DOMAIN, '/.ostiary/signed-out')],
    },
    settings: {
      features: {
        ...LOGOUT_FEATURES,
        dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
        pushedAuthorizationRequests: { enabled: true },
        userinfo: { enabled: true },
      },
      conformIdTokenClaims: true,
      ttl: Object.fromEntries(TTLS.map((name) => [name, 3600])),
      issueRefreshToken: () => true,
      rotateRefreshToken: () => true,
      fetch: fetchOnLoopback(DOMAIN),
    },
  });
}

function startPartners(): Promise<InnerProvider> {
  return started(PARTNERS, 'partners', { metadata: { token_endpoint_auth_method: 'client_secret_post' } });
}

async function started(accounts: typeof STAFF, name: string, options: object): Promise<InnerProvider> {
  const provider = await startTestProvider([world.url(DOMAIN, `/.ostiary/callback/${name}`)], { accounts, ...options });
  after(() => provider.close());
  return provider;
}

function providers(): string {
  const rules = ['prod', 'dev'].map((name) => ({ exact: `team-${name}`, groups: [name] }));
  return yaml(
    ...Object.entries({ key: PEM, password: CLIENT_SECRET }).map(([name, value]) => secret(name, value)),
    identityProvider('staff', {
      emailDomains: ['example.com'],
      justInTime: { allowed: true, emailDomains: ['example.com'] },
      aalRules: [
        { condition: { match: 'ctx.assertionMap.groups.exists(name, name.startsWith("team-"))' }, aal: 'AAL2' },
      ],
      oidc: {
        issuerURL: staff.issuer,
        clientID: CLIENT_ID,
        privateKey: { fromSecret: 'key', keyID: 'ours' },
        clientAuthentication: 'private_key_jwt',
        scopes: ['email', 'groups'],
        useUserInfoEndpoint: true,
        groups: { claim: 'groups', rules },
        refresh: { interval: '5m' },
      },
    }),
    identityProvider('partners', {
      justInTime: { allowed: true, emailDomains: ['partner.example'], groups: ['guests'], userName: 'SUBJECT' },
      oidc: {
        issuerURL: partners.issuer,
        clientID: CLIENT_ID,
        clientSecret: { fromSecret: 'password' },
        clientAuthentication: 'client_secret_post',
      },
    }),
  );
}

function secret(name: string, value: string) {
  return { kind: 'Secret', metadata: { name }, spec: {}, data: { value } };
}

function identityProvider(name: string, spec: Readonly<Record<string, unknown>>) {
  return { kind: 'IdentityProvider', metadata: { name }, spec };
}

/** Gives an e-mail address on the page that asks for one, and is somebody at the provider that it leads to. */
async function signIn(host: string, account: string): Promise<CookieBrowser> {
  const browser = new CookieBrowser();
  const choice = await browser.get(world.url(host));
  const action = addressOn(choice, /<form[^>]*action="([^"]*sign-in\/provider[^"]*)"/);
  const found = await browser.post(action, { email: `${account}@example.com` });
  const there = await browser.get(addressOn(found, /href="([^"]*provider=staff)"/));
  const arrived = await chooseAccount(browser, there, account);
  assert.equal(arrived.status, 200, arrived.body);
  return browser;
}

function addressOn({ url, body }: BrowserAnswer, where: RegExp): URL {
  return new URL((where.exec(body)?.[1] ?? assert.fail(body)).replaceAll('&amp;', '&'), url);
}

async function sessionOf(prefix: string): Promise<Session | undefined> {
  const all = (await gateway.api.list('Session')) as Session[];
  return all.find(({ metadata }) => metadata.name.startsWith(prefix));
}

test("Octelium's example as it is: the Groups that the provider names choose the upstream, in every worker", async () => {
  for (const [account, upstream] of [
    ['dana', 'v1'],
    ['erik', 'v2'],
  ] as const) {
    const browser = await signIn('my-api', account);
    for (let n = 0; n < 6; n++) {
      assert.equal((await browser.get(world.url('my-api', '/x'))).headers['x-upstream'], upstream);
    }
  }
});

test('with everything on, conditions see how somebody came in', async () => {
  const browser = await signIn('my-api', 'dana');
  for (let n = 0; n < 6; n++) assert.equal((await browser.get(world.url('strict'))).status, 200);
  const session = await sessionOf('dana-');
  const { info } = session!.status.authentication;
  assert.deepEqual(session!.status.groups, ['prod']);
  assert.deepEqual(
    [info.identityProvider?.issuer, info.identityProvider?.subject, info.identityProvider?.email],
    [staff.issuer, 'dana', 'dana@example.com'],
  );
});

test('a Service leads to its own provider, whose client shows a secret', async () => {
  const browser = new CookieBrowser();
  const there = await browser.get(world.url('guests'));
  assert.equal(there.url.origin, partners.issuer);
  const arrived = await chooseAccount(browser, there, 'pat');
  assert.deepEqual([arrived.status, arrived.headers['x-upstream']], [200, 'plain']);
  const session = await sessionOf('pat-');
  assert.equal(session?.status.authentication.info.aal, 'AAL1');
  assert.equal((await browser.get(world.url('strict'))).status, 403);
});

test('signing out ends both sessions, whichever side begins', async () => {
  const here = await signIn('my-api', 'erik');
  const question = await here.get(world.url('my-api', '/.ostiary/sign-out'));
  const back = await confirmSignOut(here, await here.post(question.url, { at: 'provider' }));
  assert.equal(back.url.pathname, '/.ostiary/signed-out');
  assert.equal((await here.step(world.url('my-api'))).status, 303);

  const there = await signIn('my-api', 'erik');
  await confirmSignOut(there, await there.get(`${staff.issuer}/session/end`));
  for (let n = 0; n < 6; n++) assert.equal((await there.step(world.url('my-api'))).status, 303);
});
