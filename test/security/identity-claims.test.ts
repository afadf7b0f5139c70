import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Directory } from '../../identity/directory/directory.ts';
import { NO_FACTOR_RULES } from '../../identity/factors/rules.ts';
import type { SiteAnswer } from '../../identity/site/answer.ts';
import type { AccessRules, User } from '../../src/model/index.ts';
import { AUTH, cookieIn, IdentityWorld, pageOf } from '../support/identity-world.ts';
import { SoftPasskey } from '../support/soft-passkey.ts';
import { until } from '../support/until.ts';
import { group, provider, user } from '../unit/identity/fixture.ts';
import { ScriptedProvider } from '../unit/identity/scripted-provider.ts';

/** U+212A, whose small letter is an ASCII "k". */
const KELVIN = '\u212a';
const MIKE = user('mike', { email: 'mike@example.com' });
const GROUPS = ['staff', 'contractors'].map(group);
const RULES = { claim: 'groups', rules: GROUPS.map(({ metadata: { name } }) => ({ exact: name, groups: [name] })) };

let issuer: ScriptedProvider;
let world: IdentityWorld;

before(async () => {
  issuer = await ScriptedProvider.start();
});
beforeEach(() => {
  issuer.claims = { email: 'mike@example.com', email_verified: true };
  world = new IdentityWorld([MIKE], GROUPS);
  world.withProvider(provider('demo', issuer.issuer, { groups: RULES }));
});
after(() => issuer.close());

/** The whole way through the provider. */
async function signIn(): Promise<SiteAnswer> {
  const begun = await world.get('/.ostiary/sign-in');
  assert.ok(begun.kind === 'redirect', JSON.stringify(begun));
  const { searchParams } = new URL(begun.location);
  issuer.nonce = searchParams.get('nonce')!;
  const cookie = begun.cookies.at(-1)!.split(';')[0]!;
  const query = new URLSearchParams({ code: 'c', state: searchParams.get('state')!, iss: issuer.issuer });
  return world.get(`/.ostiary/callback/demo?${query}`, { headers: { cookie } });
}

function codeOf(answer: SiteAnswer): string {
  const page = pageOf(answer);
  return page.name === 'sign-in-failed' ? page.code : page.name;
}

describe('a rule about a Group that only the claims give', () => {
  const forStaff: IdentityWorld['config']['factorRules'] = {
    ...NO_FACTOR_RULES,
    registration: async ({ user: { spec }, groups }) =>
      groups.some(({ metadata }) => metadata.name === 'staff') && spec.groups?.includes('staff') ? 'REQUIRED' : null,
  };

  for (const [groups, expected] of [
    [['staff'], 'REGISTRATION_REQUIRED'],
    [['contractors'], undefined],
  ] as const) {
    test(`demands a second factor of ${groups} as it should`, async () => {
      world.with({ factorRules: forStaff });
      issuer.claims = { ...issuer.claims, groups };
      assert.equal((await signIn()).kind, 'redirect');
      const [session] = await world.layer.sessions.list('mike');
      assert.deepEqual(session!.status.groups, groups);
      assert.equal(session!.status.authenticatorAction, expected);
    });
  }
});

describe('a passkey alone', () => {
  async function withPasskey(): Promise<SiteAnswer> {
    const authenticator = { enablePasskeyLogin: true };
    world.with({ clusterConfig: { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { authenticator } } });
    const headers = await world.browserOf(MIKE);
    const passkey = new SoftPasskey(AUTH);
    const made = pageOf(await world.get('/.ostiary/account/passkey', { headers }));
    assert.ok(made.name === 'enrol-passkey');
    cookieIn(await world.post('/.ostiary/account/passkey', { headers, form: passkey.create(made.question) }));
    const choice = pageOf(await world.get('/.ostiary/sign-in'));
    assert.ok(choice.name === 'choose-provider' && choice.passkey !== null);
    return world.post('/.ostiary/sign-in/passkey', { form: passkey.get(choice.passkey) });
  }

  test('does not shed the Groups of a provider that speaks SAML either', async () => {
    const saml = { metadataURL: 'http://127.0.0.1:1/metadata', groups: RULES };
    world.withProvider({ kind: 'IdentityProvider', metadata: { name: 'corp' }, spec: { saml } });
    assert.equal(codeOf(await withPasskey()), 'provider-wanted');
  });

  test('does not shed the Groups of the claims, which may be what denies', async () => {
    assert.equal(codeOf(await withPasskey()), 'provider-wanted');
    assert.equal((await world.layer.sessions.list('mike')).length, 1, 'that of the enrolment');
  });

  test('signs in whom no claims give Groups', async () => {
    world.withProvider(provider('demo', issuer.issuer));
    assert.equal((await withPasskey()).kind, 'redirect');
  });

  test('signs in whom that provider cannot know', async () => {
    const demo = provider('demo', issuer.issuer, { groups: RULES });
    world.withProvider({ ...demo, spec: { ...demo.spec, disableEmailAsIdentity: true } });
    assert.equal((await withPasskey()).kind, 'redirect');
  });
});

describe('an address that only looks like another', () => {
  for (const email of [
    `mi${KELVIN}e@example.com`,
    `MI${KELVIN}E@EXAMPLE.COM`,
    'mike@example.com\u0000',
    'mike@exampl\u0435.com',
  ]) {
    test(`is nobody's: ${JSON.stringify(email)}`, async () => {
      issuer.claims = { email, email_verified: true };
      assert.equal(codeOf(await signIn()), 'user-unknown');
    });
  }

  test('is not believed of a provider that states other domains, nor makes a User that is found by it later', async () => {
    const partner = provider('demo', issuer.issuer);
    world.withProvider({ ...partner, spec: { ...partner.spec, emailDomains: ['partner.example'] } });
    assert.equal(codeOf(await signIn()), 'user-unknown');
    world = new IdentityWorld([], GROUPS);
    const justInTime = { allowed: true };
    world.withProvider({ ...partner, spec: { ...partner.spec, emailDomains: ['partner.example'], justInTime } });
    await signIn();
    assert.deepEqual(
      world.made.map(({ spec }) => spec.email),
      [undefined],
    );
  });

  test('the case of ASCII letters does not count', async () => {
    issuer.claims = { email: 'Mike@Example.COM', email_verified: true };
    assert.equal((await signIn()).kind, 'redirect');
  });

  test('and an address that is not verified is nobody’s either', async () => {
    for (const email_verified of [false, 'true', 1, null, undefined]) {
      issuer.claims = { email: 'mike@example.com', email_verified };
      assert.equal(codeOf(await signIn()), 'user-unknown', String(email_verified));
    }
  });
});

describe('whoever has the name of somebody who is gone has nothing of theirs', () => {
  const named = (uid?: string): User => ({ ...MIKE, metadata: { name: 'mike', ...(uid !== undefined && { uid }) } });
  const rules: AccessRules = { groups: [], users: ['boss'], maxDuration: 3_600_000, defaultDuration: 3_600_000 };
  const form = { service: 'wiki', reason: 'for the trial of Smith', duration: '1h' };

  /** What the one has that the other must not. */
  async function leave(first: User, second: User) {
    world.with({ requestable: (name) => ({ name, displayName: null, url: null, rules }) });
    world.with({ directory: new Directory([first], GROUPS, []) });
    const headers = await world.browserOf(first);
    assert.equal((await world.post('/.ostiary/access', { headers, form })).kind, 'redirect');
    const { cookie, recoveryCodes } = await world.addApp(headers);
    world.with({ directory: new Directory([second], GROUPS, []) });
    return { cookie, code: recoveryCodes[0]!, headers: await world.browserOf(second) };
  }

  test('sessions, factors, recovery codes and requests', async () => {
    const { cookie, code, headers } = await leave(named('first'), named('second'));
    assert.equal((await world.get('/.ostiary/account', { headers: cookie })).kind, 'redirect', 'the session');
    const account = pageOf(await world.get('/.ostiary/account', { headers }));
    assert.ok(account.name === 'account');
    assert.deepEqual([account.factors, account.recoveryCodes, account.sessions.length], [[], 0, 1]);
    const list = pageOf(await world.get('/.ostiary/access-requests', { headers }));
    assert.ok(list.name === 'access-requests');
    assert.deepEqual(list.own, []);
    assert.equal((await world.post('/.ostiary/second-factor', { headers, form: { code } })).kind, 'page');
  });

  for (const [one, other] of [
    [named(), named('stored')],
    [named('stored'), named()],
  ] as const) {
    test(`factors of one ${one.metadata.uid ?? 'in a file'} and another ${other.metadata.uid ?? 'in a file'}`, async () => {
      const { code, headers } = await leave(one, other);
      const account = pageOf(await world.get('/.ostiary/account', { headers }));
      assert.ok(account.name === 'account');
      assert.deepEqual([account.factors, account.recoveryCodes], [[], 0]);
      assert.equal((await world.post('/.ostiary/second-factor', { headers, form: { code } })).kind, 'page');
    });
  }
});

test('what a provider says of a refusal stays on one line of the log', async () => {
  const warnings: string[] = [];
  const lying = new IdentityWorld([MIKE], GROUPS, (message) => warnings.push(message));
  const oidc = { groups: RULES, refresh: { interval: '1m' } };
  lying.withProvider(provider('demo', issuer.issuer, oidc));
  issuer.tokens = { refresh_token: 'r' };
  world = lying;
  assert.equal((await signIn()).kind, 'redirect');
  issuer.tokens = { error: 'invalid_grant', error_description: 'x\nostiary: all is well\u009b2J\u202e' };
  issuer.tokenStatus = 400;
  const [session] = await lying.layer.sessions.list('mike');
  lying.clock.advance(60_000);
  await lying.get('/.ostiary/account', { headers: await lying.cookieOf(session!) });
  await until('a warning', () => warnings.length > 0);
  assert.doesNotMatch(warnings.join(''), /[\n\u009b\u202e]/);
  assert.match(warnings.join(''), /ended: invalid_grant/);
});
