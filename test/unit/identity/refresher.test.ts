import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { AuthenticationRules } from '../../../identity/authentication-rules.ts';
import type { Claims } from '../../../identity/oidc/claims.ts';
import { ProviderSessions } from '../../../identity/oidc/provider-sessions.ts';
import { Refresher } from '../../../identity/oidc/refresher.ts';
import type { Refreshed } from '../../../identity/oidc/relying-party.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { Session } from '../../../src/model/index.ts';
import { ALICE, group, IdentityFixture, provider, TEXTS } from './fixture.ts';

const MINUTE = 60_000;
const ISSUER = 'https://login.example.com';
const DEMO = provider('demo', ISSUER, {
  refresh: { interval: '10m' },
  groups: {
    claim: 'groups',
    rules: [
      { exact: 'ops', groups: ['ops'] },
      { exact: 'lost', groups: ['lost'] },
    ],
  },
});

let fixture: IdentityFixture;
let session: Session;
/** Refresh tokens that the provider was shown. */
let shown: string[];
let answer: (token: string) => Refreshed | Promise<Refreshed>;
let warnings: string[];

beforeEach(async () => {
  fixture = new IdentityFixture();
  fixture.withDirectory([ALICE], ['prod', 'gone', 'ops'].map(group));
  fixture.config = { ...fixture.config, identityProviders: [DEMO] };
  [shown, warnings, answer] = [[], [], (token) => refreshed(`${token}+`, { groups: ['ops'] })];
  const identityProvider = { identityProviderRef: { name: 'demo' }, issuer: ISSUER, subject: 'alice', identifier: 'a' };
  session = await fixture.sessions.createForSignIn({
    user: ALICE,
    by: { type: 'IDENTITY_PROVIDER', identityProvider },
    origin: { address: '192.0.2.1', userAgent: null },
    terms: fixture.config.directory.sessionTermsOf(ALICE),
  });
  const tokens = { idToken: null, refreshToken: new SecretValue('r') };
  const at = { provider: 'demo', issuer: ISSUER, subject: 'alice', sid: null };
  await fixture.atProviders.keep(session, at, tokens, fixture.clock.now());
  fixture.clock.advance(10 * MINUTE);
});

function refreshed(token: string, claims: Claims | null): Refreshed {
  const tokens = { idToken: null, refreshToken: new SecretValue(token) };
  return { kind: 'refreshed', tokens, claims: async () => ({ kind: 'read', claims }) };
}

/** That of a process of its own. */
function refresher(): Refresher {
  const { store, sessions, clock } = fixture;
  return new Refresher({
    relyingParty: {
      refresh: async (_, token) => {
        shown.push(token.reveal());
        return answer(token.reveal());
      },
    },
    kept: new ProviderSessions(store.records, TEXTS),
    sessions,
    clock,
    current: () => fixture.config,
    warn: (message) => warnings.push(message),
  });
}

async function token(): Promise<string | undefined> {
  return (await fixture.atProviders.find(session.metadata.uid))?.tokens.refreshToken?.reveal();
}

async function groups(): Promise<readonly string[] | undefined> {
  return (await fixture.sessions.find(session.metadata.uid))?.status.groups;
}

test('of many processes one asks the provider, once when it is due', async () => {
  const processes = [refresher(), refresher(), refresher()];
  await Promise.all(processes.flatMap((one) => [one.look(session), one.look(session)]));
  assert.deepEqual(shown, ['r']);
  for (const one of processes) await one.look(session);
  assert.deepEqual(shown, ['r']);
  fixture.clock.advance(10 * MINUTE);
  await Promise.all(processes.map((one) => one.look(session)));
  assert.deepEqual(shown, ['r', 'r+']);
  assert.deepEqual([await token(), await groups()], ['r++', ['ops']]);
});

test('a use of the session is enough to have it refreshed', async () => {
  const one = refresher();
  one.used(session);
  one.used(session);
  await one.look(session);
  assert.deepEqual(shown, ['r']);
});

test('the rotated token is written down before the claims are read', async () => {
  let written: string | undefined;
  answer = () => ({
    ...refreshed('rotated', null),
    claims: async () => {
      written = await token();
      return { kind: 'refused', code: 'provider-unreachable', detail: 'no UserInfo' };
    },
  });
  await refresher().look(session);
  assert.equal(written, 'rotated');
  assert.match(warnings[0] ?? '', /no UserInfo/);
  assert.notEqual(await fixture.sessions.find(session.metadata.uid), null);
});

test('whoever dies in the middle leaves it to another, after a minute', async () => {
  answer = () => new Promise(() => {});
  void refresher().look(session);
  await refresher().look(session);
  answer = (sent) => refreshed(`${sent}+`, null);
  await refresher().look(session);
  assert.deepEqual(shown, ['r']);
  fixture.clock.advance(MINUTE);
  await refresher().look(session);
  assert.deepEqual(shown, ['r', 'r']);
});

test('a provider that cannot be reached ends nothing, and is asked again after a minute', async () => {
  answer = () => ({ kind: 'refused', code: 'provider-unreachable', detail: 'down' });
  const one = refresher();
  await one.look(session);
  await one.look(session);
  assert.deepEqual(shown, ['r']);
  fixture.clock.advance(MINUTE);
  answer = (sent) => refreshed(`${sent}+`, null);
  await one.look(session);
  assert.deepEqual([await token(), await groups()], ['r+', undefined]);
});

test('a grant that is over ends the session with its tokens', async () => {
  answer = () => ({ kind: 'over', detail: 'invalid_grant' });
  await refresher().look(session);
  assert.equal(await fixture.sessions.find(session.metadata.uid), null);
  assert.equal(await token(), undefined);
});

test('claims that give a missing Group, or that the rules deny, end the session', async () => {
  answer = () => refreshed('x', { groups: ['lost'] });
  await refresher().look(session);
  assert.equal(await fixture.sessions.find(session.metadata.uid), null);
});

test('rules are asked anew', async () => {
  const authentication: AuthenticationRules = {
    aal: () => null,
    refusal: (_, { user, claims }) => (user.spec.groups?.includes('ops') && claims.groups ? 'denied' : null),
  };
  fixture.config = { ...fixture.config, authentication };
  await refresher().look(session);
  assert.equal(await fixture.sessions.find(session.metadata.uid), null);
  assert.match(warnings[0] ?? '', /has ended: denied/);
});

test('what ended meanwhile does not come back', async () => {
  answer = async () => {
    await fixture.sessions.revoke(session.metadata.uid);
    return refreshed('late', { groups: ['ops'] });
  };
  await refresher().look(session);
  assert.deepEqual([await fixture.sessions.find(session.metadata.uid), await token()], [null, undefined]);
});

test('a session that cannot be asked about ends when that is due', async () => {
  await fixture.store.records.delete('provider-session', session.metadata.uid);
  fixture.clock.advance(-MINUTE);
  await refresher().look(session);
  assert.notEqual(await fixture.sessions.find(session.metadata.uid), null);
  fixture.clock.advance(MINUTE);
  await refresher().look(session);
  assert.equal(await fixture.sessions.find(session.metadata.uid), null);
});

test('without refresh in the configuration nobody is asked', async () => {
  fixture.config = { ...fixture.config, identityProviders: [provider('demo', ISSUER)] };
  await refresher().look(session);
  fixture.config = { ...fixture.config, identityProviders: [] };
  await refresher().look(session);
  assert.deepEqual(shown, []);
});

test('a provider that has the name of another one is told no refresh token of that one', async () => {
  const { refresh, ...oidc } = DEMO.spec.oidc!;
  const another = provider('demo', 'https://other.example.com', {
    ...oidc,
    refresh,
    issuerURL: 'https://other.example.com',
  });
  fixture.config = { ...fixture.config, identityProviders: [another] };
  await refresher().look(session);
  assert.deepEqual(shown, []);
  assert.equal(await fixture.sessions.find(session.metadata.uid), null);
});
