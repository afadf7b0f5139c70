import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import { CLI, DeviceWorld } from './device-world.ts';
import { ALICE, group, user } from './fixture.ts';
import { client, said } from './oauth2-world.ts';

const HOUR = 3_600_000;

test('a login is renewed until its session ends, and never beyond', async () => {
  const world = await DeviceWorld.letIn();
  const [session] = await world.sessions.list();
  assert.equal(session?.status.clientID, 'ostiary-cli');
  const end = Date.parse(session.spec.expiresAt);
  assert.equal(end - world.clock.now(), 21 * HOUR);
  for (let hours = 3; hours < 21; hours += 3) {
    world.clock.advance(3 * HOUR);
    world.keep(await world.refresh());
    assert.equal((await world.whoIs(world.tokens.access))?.user?.metadata.name, 'alice', `after ${hours} hours`);
  }
  world.clock.advance(2 * HOUR);
  const { value } = await world.refresh();
  assert.equal(value.expires_in, HOUR / 1000, 'the last access token ends with the session');
  world.keep({ status: 200, value, headers: new Map() });
  world.clock.advance(HOUR);
  assert.equal(said(await world.refresh()), '400 invalid_grant');
  assert.equal(await world.whoIs(world.tokens.access), null);
});

test('a login that is not renewed for refreshTokenDuration ends', async () => {
  const world = await DeviceWorld.begin();
  const session = { clientlessDuration: '12h', accessTokenDuration: '30m', refreshTokenDuration: '1h' };
  world.state([], [user('alice', { session })]);
  await world.decide('approve', await world.browser());
  world.keep(await world.poll());
  const logins = async () => (await world.sessions.list()).filter(({ status }) => !status.isBrowser);
  const ends = async () => Date.parse((await logins())[0]!.spec.expiresAt) - world.clock.now();
  for (let i = 0; i < 3; i++) {
    assert.equal(await ends(), HOUR);
    world.clock.advance(HOUR - 1);
    assert.equal(await world.whoIs(world.tokens.access), null, 'the access token is over');
    world.keep(await world.refresh());
  }
  world.clock.advance(HOUR);
  assert.equal(said(await world.refresh()), '400 invalid_grant');
  assert.deepEqual(await logins(), []);
});

test('the answer may get lost: the same request gets the same tokens for ten seconds', async () => {
  const world = await DeviceWorld.letIn();
  const first = await world.refresh();
  world.clock.advance(9_000);
  const again = await world.refresh();
  assert.deepEqual({ ...again.value, expires_in: 0 }, { ...first.value, expires_in: 0 });
  assert.equal(Number(first.value.expires_in) - Number(again.value.expires_in), 9);
  world.keep(again);
  world.keep(await world.refresh());
  assert.notEqual(await world.whoIs(world.tokens.access), null);
});

test('the access token of before is good until its end, the one before that is not', async () => {
  const world = await DeviceWorld.letIn();
  const out = [world.tokens.access];
  for (let i = 0; i < 2; i++) {
    world.keep(await world.refresh());
    out.push(world.tokens.access);
  }
  const good = await Promise.all(out.map(async (token) => (await world.whoIs(token)) !== null));
  assert.deepEqual(good, [false, true, true]);
  assert.equal(world.store.handleRows.size, 3, 'with the browser');
});

test('scopes only become fewer', async () => {
  const world = await DeviceWorld.letIn({ scope: 'service:api service:wiki' });
  const narrower = await world.refresh(undefined, { scope: 'service:wiki' });
  assert.equal(narrower.value.scope, 'service:wiki');
  world.keep(narrower);
  assert.deepEqual((await world.whoIs(world.tokens.access))?.session?.status.scopes, ['service:wiki']);
  const unaware = await world.refresh(undefined, { scope: 'service:api' });
  assert.equal(unaware.value.scope, 'service:wiki', 'a process that does not know yet gives no more either');
  world.keep(unaware);
  world.clock.advance(1001);
  assert.equal(said(await world.refresh(undefined, { scope: 'service:api' })), '400 invalid_scope');
  assert.equal((await world.refresh()).value.scope, 'service:wiki');
});

test('the metadata, introspection and revocation know refresh tokens', async () => {
  const world = await DeviceWorld.letIn();
  world.state([client('ci')], [ALICE, user('robot', { type: 'WORKLOAD' })]);
  const asker = await world.client();
  const look = (token: string) => world.post('/oauth2/introspect', { token, ...asker });
  const about = (await look(world.tokens.refresh)).value;
  assert.deepEqual(
    [about.active, about.sub, about.client_id, about.token_type],
    [true, 'alice', 'ostiary-cli', undefined],
  );
  assert.equal(Number(about.exp) - Number(about.iat), 21 * 3600);
  assert.equal((await look(world.tokens.access)).value.client_id, 'ostiary-cli');
  const { refresh: used } = world.tokens;
  world.keep(await world.refresh());
  assert.deepEqual((await look(used)).value, { active: false });
  assert.equal((await look(world.tokens.refresh)).value.active, true, 'to look at a used one ends nothing');
  assert.equal(said(await world.post('/oauth2/revoke', { token: world.tokens.refresh, ...CLI })), '200 ok');
  assert.deepEqual((await look(world.tokens.refresh)).value, { active: false });
  assert.equal(await world.whoIs(world.tokens.access), null);
  assert.equal(said(await world.refresh()), '400 invalid_grant');
  const left = [...world.store.recordRows.values()].filter(({ space }) => space.startsWith('refresh'));
  assert.deepEqual(left, []);
  const { value } = await world.send('GET', '/.well-known/oauth-authorization-server', new Uint8Array(), {});
  assert.ok((value.grant_types_supported as string[]).includes('refresh_token'));
});

test('the token of a person has the Groups of the sign-in it was let in by, and so has one exchanged for it', async () => {
  const world = await DeviceWorld.begin();
  const withGroups = (...names: string[]) => {
    const directory = new Directory([ALICE], names.map(group), []);
    world.config = { ...world.config, directory };
  };
  withGroups('prod', 'staff');
  await world.decide('approve', await world.browser(ALICE, ['staff']));
  world.keep(await world.poll());
  const groupsOf = async (token: string) => (await world.whoIs(token))?.groups.map(({ metadata }) => metadata.name);
  assert.deepEqual(await groupsOf(world.tokens.access), ['prod', 'staff']);
  const exchange = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: world.tokens.access,
  };
  assert.deepEqual(await groupsOf(String((await world.token(exchange)).value.access_token)), ['prod', 'staff']);
  world.keep(await world.refresh());
  assert.deepEqual(await groupsOf(world.tokens.access), ['prod', 'staff']);
  withGroups('prod');
  assert.equal(await groupsOf(world.tokens.access), undefined, 'what the Group denies is not escaped by its deletion');
  assert.equal(said(await world.refresh()), '400 invalid_grant');
});

test('a Group that is gone when the device asks gives it nothing', async () => {
  const world = await DeviceWorld.begin();
  world.config = { ...world.config, directory: new Directory([ALICE], [group('staff')], []) };
  await world.decide('approve', await world.browser(ALICE, ['staff']));
  world.config = { ...world.config, directory: new Directory([ALICE], [], []) };
  assert.equal(said(await world.poll()), '400 access_denied');
});
