import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthTokens } from '../../../identity/tokens/auth-tokens.ts';
import { CredentialDesk } from '../../../identity/tokens/credential-desk.ts';
import { deleteUsedUp } from '../../../src/admin/credentials.ts';
import type { Credential } from '../../../src/model/index.ts';
import { ALICE, credential, ROBOT } from './fixture.ts';
import { OAuth2World, said } from './oauth2-world.ts';

const GRANT = 'urn:ostiary:params:oauth:grant-type:auth-token';

async function authToken(spec: Partial<Credential['spec']> = {}, owner = 'robot') {
  const world = new OAuth2World();
  const made = credential('enrol', owner, { type: 'AUTH_TOKEN', ...spec });
  world.state([made]);
  const holder = { credential: made, user: owner === 'alice' ? ALICE : ROBOT };
  const shown = (await world.authTokens.rotate(holder)).reveal();
  const exchange = (more = {}) => world.token({ grant_type: GRANT, auth_token: shown, ...more });
  return { world, made, holder, shown, exchange };
}

test('an auth token is good for one access token', async () => {
  const { world, shown, exchange } = await authToken();
  assert.match(shown, /^ost_auth_/);
  const { status, value } = await exchange();
  assert.equal(status, 200);
  assert.equal((await world.whoIs(String(value.access_token)))?.user?.metadata.name, 'robot');
  assert.equal(said(await exchange()), '400 invalid_grant');
  assert.equal(await world.authTokens.usesOf('enrol'), 1);
  assert.ok(!JSON.stringify([...world.store.recordRows]).includes(shown));
});

test('it may be of a person', async () => {
  const { world, exchange } = await authToken({}, 'alice');
  const principal = await world.whoIs(String((await exchange()).value.access_token));
  assert.deepEqual([principal?.kind, principal?.user?.metadata.name], ['human', 'alice']);
});

test('of many who use it at once, as many as it allows get a token', async () => {
  const { world, shown } = await authToken({ maxAuthentications: 3 });
  const elsewhere = new AuthTokens({ records: world.store.records, clock: world.clock });
  const { directory } = world.config;
  const uses = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? world.authTokens : elsewhere).use(shown, directory));
  assert.equal((await Promise.all(uses)).filter((holder) => holder !== null).length, 3);
});

test('a mistake in the request does not use it up', async () => {
  const { exchange } = await authToken();
  assert.equal(said(await exchange({ scope: 'nonsense' })), '400 invalid_scope');
  assert.equal(said(await exchange({ auth_token: '' })), '400 invalid_request');
  assert.equal((await exchange()).status, 200);
});

test('it ends with its Credential, and when another takes its place', async () => {
  const { world, made, holder, exchange } = await authToken({ maxAuthentications: 9 });
  world.state([credential('enrol', 'robot', { type: 'AUTH_TOKEN', isDisabled: true })]);
  assert.equal(said(await exchange()), '400 invalid_grant');
  world.state([made]);
  assert.equal((await exchange()).status, 200);
  await world.authTokens.rotate(holder, 1000);
  assert.equal((await exchange()).status, 200);
  world.clock.advance(1000);
  assert.equal(said(await exchange()), '400 invalid_grant');
});

test('other texts are no auth tokens', async () => {
  const { world, exchange } = await authToken();
  const access = await world.accessTokens.mint({
    credential: credential('x', 'robot'),
    user: world.config.directory.user('robot')!,
    clusterConfig: null,
  });
  for (const text of ['x', access.accessToken, `ost_auth_${'x'.repeat(49)}`]) {
    assert.equal(said(await exchange({ auth_token: text })), '400 invalid_grant', text);
  }
});

test('a Credential that deletes itself is done once it is used up and its sessions have ended', async () => {
  const { world, made, exchange } = await authToken({ autoDelete: true });
  const { store, sessions, accessTokens, clients, authTokens, uses, clock } = world;
  const desk = new CredentialDesk({ store, sessions, accessTokens, clients, authTokens, uses, clock });
  assert.equal(await desk.isDone(made), false);
  await exchange();
  assert.equal(await desk.isDone(made), false, 'its token is still good');
  clock.advance(4 * 3_600_000);
  assert.equal(await desk.isDone(made), true);
  assert.equal(
    await desk.isDone(credential('enrol', 'robot', { type: 'AUTH_TOKEN' })),
    false,
    'it does not ask for it',
  );
  const deleted: string[] = [];
  const admin = {
    list: async () => [made, credential('other', 'robot')],
    delete: async (_kind: string, name: string) => {
      deleted.push(name);
      return { accepted: true, plan: [], diagnostics: [], generation: 1 };
    },
  };
  await deleteUsedUp(admin, desk);
  assert.deepEqual(deleted, ['enrol']);
});
