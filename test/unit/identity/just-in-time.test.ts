import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import { newUser } from '../../../identity/sign-in/new-user.ts';
import type { IdentityProvider } from '../../../src/model/index.ts';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { chooseAccount } from '../../support/oidc-provider.ts';
import { ALICE, APP, BOB, group, provider, user } from './fixture.ts';
import { Installation, pageOf } from './installation.ts';

const here = Installation.forFile();

function use(justInTime: IdentityProvider['spec']['justInTime'], users = [ALICE, BOB]): void {
  here.fixture.withDirectory(users, [group('prod'), group('gone')]);
  here.fixture.changes.length = 0;
  const demo = provider('demo', here.issuer);
  here.use({ ...demo, spec: { ...demo.spec, ...(justInTime && { justInTime }) } });
}

function signIn(account = 'nobody') {
  return here.signIn(new CookieBrowser(), here.url(APP), account);
}

test('without permission nobody becomes a User by signing in', async () => {
  for (const justInTime of [undefined, { allowed: false, emailDomains: ['example.com'] }]) {
    use(justInTime);
    assert.equal(pageOf(await signIn()).code, 'user-unknown');
    assert.deepEqual(here.fixture.changes, []);
  }
});

test('with permission the first sign-in makes the User and the next ones find it', async () => {
  use({ allowed: true, emailDomains: ['example.com'], groups: ['prod'] });
  const name = JSON.parse((await signIn()).body).user as string;
  assert.match(name, /^nobody-[a-z0-9]{6}$/);
  assert.equal(JSON.parse((await signIn()).body).user, name);
  const [change, another] = here.fixture.changes;
  assert.equal(another, undefined);
  assert.equal(change?.op === 'put' && change.origin, 'just-in-time');
  assert.deepEqual(change?.op === 'put' && change.resource.spec, {
    type: 'HUMAN',
    email: 'nobody@example.com',
    groups: ['prod'],
    authentication: {
      identities: [{ identityProvider: 'demo', identifier: 'nobody', issuer: here.issuer, subject: 'nobody' }],
    },
  });
});

test('two first sign-ins at once make one User', async () => {
  use({ allowed: true });
  const browsers = [new CookieBrowser(), new CookieBrowser(), new CookieBrowser()];
  const pages = await Promise.all(browsers.map((browser) => browser.get(here.url(APP))));
  const arrived = await Promise.all(pages.map((page, i) => chooseAccount(browsers[i]!, page, 'nobody')));
  assert.equal(new Set(arrived.map(({ body }) => JSON.parse(body).user)).size, 1);
  assert.equal(here.fixture.changes.length, 1);
});

test('whoever is disabled stays out, and so does who is at another domain', async () => {
  const identities = [{ identityProvider: 'demo', identifier: 'nobody' }];
  use({ allowed: true }, [user('left', { isDisabled: true, authentication: { identities } })]);
  assert.equal(pageOf(await signIn()).code, 'user-disabled');
  use({ allowed: true, emailDomains: ['ample.com', 'example.com.evil.org', 'sub.example.com'] });
  assert.equal(pageOf(await signIn()).code, 'user-unknown');
  assert.deepEqual(here.fixture.changes, []);
});

test('an address that belongs to a User whom the provider knows by another identity makes no second one', async () => {
  const identities = [{ identityProvider: 'demo', identifier: 'another' }];
  use({ allowed: true }, [user('first', { email: 'nobody@example.com', authentication: { identities } })]);
  assert.equal(pageOf(await signIn()).code, 'user-ambiguous');
  assert.deepEqual(here.fixture.changes, []);
});

const PROVIDER: IdentityProvider = {
  kind: 'IdentityProvider',
  metadata: { name: 'demo' },
  spec: { justInTime: { allowed: true, emailDomains: ['example.com'] } },
};

function made(claims: object, spec: Partial<IdentityProvider['spec']> = {}) {
  const identity = { issuer: 'https://idp', subject: 'Sub|1', identifier: 'Sub|1', verifiedEmail: null };
  const tokens = { idToken: null, refreshToken: null };
  const at = { kind: 'signed-in', ...identity, tokens, tellsOfLogout: false, claims: { ...claims } } as const;
  return newUser({ ...PROVIDER, spec: { ...PROVIDER.spec, ...spec } }, at, new Directory([], [], []));
}

test('an address that is not verified opens no domain, whatever the provider is configured to be believed', () => {
  assert.equal(made({ email: 'ann@example.com', email_verified: true }).kind, 'new');
  for (const claims of [
    { email: 'ann@example.com' },
    { email: 'ann@example.com', email_verified: 'true' },
    { email: 'ann@evil.org@example.com', email_verified: true },
    {},
  ])
    assert.equal(made(claims).kind, 'refused', JSON.stringify(claims));
});

test('an address that is not verified stands in no User and in no name', () => {
  const result = made({ email: 'admin@example.com', email_verified: false }, { justInTime: { allowed: true } });
  assert.equal(result.kind === 'new' && result.user.spec.email, undefined);
  assert.match(result.kind === 'new' ? result.user.metadata.name : '', /^sub-1-[a-z0-9]{6}$/);
});

test('names are sound whatever they are made of, and nobody can foresee them', () => {
  const rule = /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/;
  for (const local of [
    'admin',
    '1',
    '-',
    '...',
    'é',
    'A.B_c+d',
    'x'.repeat(200),
    `${'x'.repeat(31)}-y`,
    '9'.repeat(64),
  ]) {
    const result = made({ email: `${local.toLowerCase()}@example.com`, email_verified: true });
    const name = result.kind === 'new' ? result.user.metadata.name : '';
    assert.match(name, rule, local);
    assert.notEqual(name, local);
  }
  const bySubject = made(
    { email: 'ann@example.com', email_verified: true },
    {
      justInTime: { allowed: true, userName: 'SUBJECT' },
    },
  );
  assert.match(bySubject.kind === 'new' ? bySubject.user.metadata.name : '', /^sub-1-/);
});
