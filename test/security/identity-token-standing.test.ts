/** Tokens against what happens to whatever they rest on: users, actors, credentials, parents and those who approved. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential, User } from '../../src/model/index.ts';
import { ALICE, credential, ROBOT, user } from '../unit/identity/fixture.ts';
import { client, type Fields, OAuth2World, said } from '../unit/identity/oauth2-world.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const AUTH_TOKEN = 'urn:ostiary:params:oauth:grant-type:auth-token';
const HELPER = user('helper', { type: 'WORKLOAD' });
const HELPERS = credential('helper', 'helper', { type: 'OAUTH2' });

function withUid<R extends User | Credential>(resource: R, uid: string): R {
  return { ...resource, metadata: { ...resource.metadata, uid } };
}

class TokenWorld extends OAuth2World {
  exchange(subject: string, more: Fields = {}) {
    return this.token({
      grant_type: EXCHANGE,
      subject_token: subject,
      subject_token_type: ACCESS_TOKEN,
      ...more,
    });
  }

  async exchanged(subject: string, more: Fields = {}): Promise<string> {
    const answer = await this.exchange(subject, more);
    assert.equal(said(answer), '200 ok', JSON.stringify(answer.value));
    return String(answer.value.access_token);
  }

  /** A token of robot that helper acts with. */
  async delegated(): Promise<string> {
    this.state([client('ci'), HELPERS], [ROBOT, HELPER]);
    const actor = await this.accessToken(await this.client('helper'));
    const subject = await this.accessToken(await this.client());
    return this.exchanged(subject, { actor_token: actor, actor_token_type: ACCESS_TOKEN });
  }
}

test('a token of a user in a file is not that of somebody whom a directory calls by the same name later', async () => {
  const world = new TokenWorld();
  const token = await world.accessToken(await world.client());
  world.state([client('ci')], []);
  assert.equal(await world.whoIs(token), null);
  world.state([client('ci')], [withUid(ROBOT, 'made-later')]);
  assert.equal(await world.whoIs(token), null);
  world.state([client('ci')], [ROBOT]);
  assert.notEqual(await world.whoIs(token), null);
});

test('neither is one of a stored user that of somebody whom a file calls so later', async () => {
  const world = new TokenWorld();
  world.state([client('ci')], [withUid(ROBOT, 'first')]);
  const token = await world.accessToken(await world.client());
  for (const later of [ROBOT, withUid(ROBOT, 'second')]) {
    world.state([client('ci')], [later]);
    assert.equal(await world.whoIs(token), null);
  }
});

test('a secret of a stored Credential is not that of one that a file calls so later', async () => {
  const world = new TokenWorld();
  const enrol = credential('enrol', 'robot', { type: 'AUTH_TOKEN', maxAuthentications: 9 });
  world.state([withUid(client('ci'), 'first'), withUid(enrol, 'first')]);
  const shown = await world.client();
  const auth = (await world.authTokens.rotate({ credential: withUid(enrol, 'first'), user: ROBOT })).reveal();
  world.state([client('ci'), enrol]);
  assert.equal(said(await world.token({ grant_type: 'client_credentials', ...shown })), '401 invalid_client');
  assert.equal(said(await world.token({ grant_type: AUTH_TOKEN, auth_token: auth })), '400 invalid_grant');
});

test('an auth token of a user who was deleted is not that of the next one of the name', async () => {
  const world = new TokenWorld();
  const enrol = credential('enrol', 'alice', { type: 'AUTH_TOKEN', maxAuthentications: 9 });
  const first = withUid(ALICE, 'first');
  world.state([enrol], [first]);
  const auth = (await world.authTokens.rotate({ credential: enrol, user: first })).reveal();
  assert.equal(said(await world.token({ grant_type: AUTH_TOKEN, auth_token: auth })), '200 ok');
  world.state([enrol], [withUid(ALICE, 'second')]);
  assert.equal(said(await world.token({ grant_type: AUTH_TOKEN, auth_token: auth })), '400 invalid_grant');
});

test('a client secret of a user who was deleted is not that of the next one of the name', async () => {
  const world = new TokenWorld();
  const first = withUid(ROBOT, 'first');
  world.state([client('ci')], [first]);
  const { clientId, clientSecret } = await world.clients.rotate({ credential: client('ci'), user: first });
  const shown = { client_id: clientId, client_secret: clientSecret.reveal() };
  assert.equal(said(await world.token({ grant_type: 'client_credentials', ...shown })), '200 ok');
  world.state([client('ci')], [withUid(ROBOT, 'second')]);
  assert.equal(said(await world.token({ grant_type: 'client_credentials', ...shown })), '401 invalid_client');
});

test('a secret of before is not taken over by another Credential of the name, whatever the overlap', async () => {
  const world = new TokenWorld();
  const [first, second] = [withUid(client('ci'), 'first'), withUid(client('ci'), 'second')];
  world.state([first]);
  const former = await world.client();
  world.state([second]);
  const { clientSecret } = await world.clients.rotate({ credential: second, user: ROBOT }, 3_600_000);
  assert.equal(said(await world.token({ grant_type: 'client_credentials', ...former })), '401 invalid_client');
  const next = { ...former, client_secret: clientSecret.reveal() };
  assert.equal(said(await world.token({ grant_type: 'client_credentials', ...next })), '200 ok');
});

test('an access token of a program that became a person is neither active nor exchanged for one of the person', async () => {
  const world = new TokenWorld();
  const key = credential('key', 'robot');
  world.state([client('ci'), key]);
  const request = { credential: key, user: ROBOT, clusterConfig: null };
  const { accessToken } = await world.accessTokens.mint(request);
  const asking = { ...HELPERS, spec: { ...HELPERS.spec } };
  world.state([asking, key], [user('robot'), HELPER]);
  assert.equal(await world.whoIs(accessToken), null);
  assert.equal(said(await world.exchange(accessToken)), '400 invalid_request');
  const { value } = await world.post('/oauth2/introspect', { token: accessToken, ...(await world.client('helper')) });
  assert.deepEqual(value, { active: false });
});

const ACTORS: readonly (readonly [what: string, users: readonly User[]])[] = [
  ['is disabled', [ROBOT, user('helper', { type: 'WORKLOAD', isDisabled: true })]],
  ['is deleted', [ROBOT]],
  ['is deleted and made again', [ROBOT, withUid(HELPER, 'second')]],
];

for (const [what, users] of ACTORS) {
  test(`who acts for another ${what}: the token is good for nothing, and loses its actor for no other`, async () => {
    const world = new TokenWorld();
    const token = await world.delegated();
    assert.notEqual(await world.whoIs(token), null);
    world.state([client('ci'), HELPERS], users);
    assert.equal(await world.whoIs(token), null);
    assert.equal(said(await world.exchange(token)), '400 invalid_request');
  });
}

test('what was exchanged ends with the token that it was given for, however far down', async () => {
  const world = new TokenWorld();
  const shown = await world.client();
  const stolen = await world.accessToken(shown);
  const other = await world.accessToken(shown);
  const child = await world.exchanged(stolen, { audience: 'api' });
  const grandchild = await world.exchanged(child);
  const ofOther = await world.exchanged(other);
  assert.equal(said(await world.post('/oauth2/revoke', { token: stolen, ...shown })), '200 ok');
  for (const token of [stolen, child, grandchild]) assert.equal(await world.whoIs(token), null);
  for (const token of [other, ofOther]) assert.notEqual(await world.whoIs(token), null);
});

test('an exchange that is under way while its token is revoked gives a token that is good for nothing', async () => {
  const world = new TokenWorld();
  const subject = await world.accessToken(await world.client());
  const { uid } = (await world.whoIs(subject))!.session!.metadata;
  const { insert } = world.store.sessions;
  world.store.sessions.insert = async (session, most) => {
    await world.sessions.revoke(uid);
    return insert(session, most);
  };
  const answer = await world.exchange(subject);
  assert.equal(said(answer), '400 invalid_grant');
  assert.deepEqual(await world.sessions.list('robot'), []);
});

test('a Credential that demands a constraint takes it from no token that is out without it', async () => {
  const world = new TokenWorld();
  const token = await world.accessToken(await world.client());
  for (const senderConstraint of ['DPOP', 'CERTIFICATE'] as const) {
    world.state([client('ci', { senderConstraint })]);
    assert.equal(await world.whoIs(token), null, senderConstraint);
  }
});

test('an auth token that is used while it is replaced ends all the same', async () => {
  const world = new TokenWorld();
  const enrol = credential('enrol', 'robot', { type: 'AUTH_TOKEN', maxAuthentications: 100 });
  world.state([enrol]);
  const auth = (await world.authTokens.rotate({ credential: enrol, user: ROBOT })).reveal();
  const { records } = world.store;
  const { replace } = records;
  // Another process is faster, once: between what was read and what is written.
  const meanwhile = async (work: () => Promise<unknown>) => {
    records.replace = async (record, former) => {
      records.replace = replace;
      await work();
      return replace(record, former);
    };
  };
  const use = () => world.authTokens.use(auth, world.config.directory);
  const rotate = () => world.authTokens.rotate({ credential: enrol, user: ROBOT }, 1000);
  await meanwhile(use);
  await rotate();
  world.clock.advance(1001);
  assert.equal(await use(), null, 'used while it was replaced');

  const next = (await world.authTokens.rotate({ credential: enrol, user: ROBOT })).reveal();
  const useNext = () => world.authTokens.use(next, world.config.directory);
  await meanwhile(rotate);
  assert.notEqual(await useNext(), null);
  world.clock.advance(1001);
  assert.equal(await useNext(), null, 'replaced while it was used');
});

for (const state of ['PENDING', 'REJECTED'] as const) {
  test(`a session that an administrator makes ${state} takes what was exchanged for its token with it, for good`, async () => {
    const world = new TokenWorld();
    const token = await world.accessToken(await world.client());
    const once = await world.exchanged(token);
    const twice = await world.exchanged(once);
    const session = (await world.whoIs(token))!.session!;
    await world.sessions.setState(session.metadata.name, state);
    for (const one of [once, twice]) assert.equal(await world.whoIs(one), null);
    await world.sessions.setState(session.metadata.name, 'ACTIVE');
    assert.equal((await world.whoIs(token))?.session?.spec.state, 'ACTIVE');
    for (const one of [once, twice]) assert.equal(await world.whoIs(one), null);
  });
}

test('a token that is on its way out after a rotation is not let in again that an administrator locks out meanwhile', async () => {
  const world = new TokenWorld();
  const key = credential('key', 'robot');
  world.state([key], [ROBOT]);
  const request = { credential: key, user: ROBOT, clusterConfig: null };
  const { session, accessToken } = await world.accessTokens.mint(request);
  const { sessions } = world;
  const { createForCredential } = sessions;
  sessions.createForCredential = async (...args) => {
    await sessions.setState(session.metadata.uid, 'REJECTED');
    return createForCredential.apply(sessions, args);
  };
  await world.accessTokens.rotate(request, 60_000);
  assert.equal((await world.whoIs(accessToken))?.session?.spec.state, 'REJECTED');
});
