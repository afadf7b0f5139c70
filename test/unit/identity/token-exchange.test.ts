import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../../src/model/index.ts';
import { ALICE, credential, ROBOT, user } from './fixture.ts';
import { client, type Fields, OAuth2World, said } from './oauth2-world.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const HELPER = user('helper', { type: 'WORKLOAD' });
const HOUR = 3_600_000;

async function exchanging(spec: Partial<Credential['spec']> = {}) {
  const world = new OAuth2World();
  const helper = credential('helper', 'helper', { type: 'OAUTH2' });
  world.state([client('ci', spec), helper], [ALICE, ROBOT, HELPER]);
  const token = await world.accessToken(await world.client());
  const exchange = (more: Fields = {}, subject = token) =>
    world.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subject,
      subject_token_type: ACCESS_TOKEN,
      ...more,
    });
  return { world, token, exchange };
}

test('a token is exchanged for one that may do less', async () => {
  const { world, exchange } = await exchanging();
  const { status, value } = await exchange({ audience: 'api' });
  assert.deepEqual([status, value.scope, value.issued_token_type], [200, 'service:api', ACCESS_TOKEN]);
  const principal = await world.whoIs(String(value.access_token));
  assert.deepEqual([principal?.user?.metadata.name, principal?.session?.status.scopes], ['robot', ['service:api']]);
  const again = await exchange({ scope: 'service:wiki' }, String(value.access_token));
  assert.equal(said(again), '400 invalid_scope');
  assert.equal(said(await exchange({ audience: 'wiki' }, String(value.access_token))), '400 invalid_target');
});

test('audience and scope narrow together', async () => {
  const { exchange } = await exchanging({ scopes: ['service:prod/*', 'service:api'] });
  const both = await exchange({ audience: 'api.prod', scope: 'service:prod/*' });
  assert.equal(both.value.scope, 'service:api.prod');
  assert.equal(said(await exchange({ audience: 'api', scope: 'service:prod/*' })), '400 invalid_target');
  assert.equal(said(await exchange({ scope: 'service:*' })), '400 invalid_scope');
  assert.equal((await exchange()).value.scope, 'service:prod/* service:api');
});

test('it ends with the token that it was given for, at the latest', async () => {
  const { world, exchange } = await exchanging();
  world.clock.advance(3 * HOUR);
  const { value } = await exchange();
  assert.equal(value.expires_in, 3600);
  world.clock.advance(HOUR);
  assert.equal(await world.whoIs(String(value.access_token)), null);
});

test('it is held to the Credential behind it', async () => {
  const { world, exchange } = await exchanging();
  const token = String((await exchange({ audience: 'api' })).value.access_token);
  world.state([client('ci', { scopes: ['service:wiki'] })]);
  assert.equal(await world.whoIs(token), null);
});

test('who acts is written down, and shown by introspection', async () => {
  const { world, exchange } = await exchanging();
  const shown = await world.client('helper');
  const actor = { actor_token: await world.accessToken(shown), actor_token_type: ACCESS_TOKEN };
  const { value } = await exchange(actor);
  const token = String(value.access_token);
  const { sub, act } = (await world.post('/oauth2/introspect', { token, ...shown })).value;
  assert.deepEqual([sub, act], ['robot', { sub: 'helper' }]);
  const further = await exchange({}, token);
  const principal = await world.whoIs(String(further.value.access_token));
  assert.equal(principal?.session?.status.actor?.userRef.name, 'helper', 'it stays known');
  assert.equal(said(await exchange(actor, token)), '400 invalid_request');
});

const REFUSED: readonly (readonly [what: string, more: Fields, expected: string])[] = [
  ['no subject token', { subject_token: '' }, '400 invalid_request'],
  ['no type of the subject token', { subject_token_type: '' }, '400 invalid_request'],
  ['another type', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, '400 invalid_request'],
  ['a subject token that is none', { subject_token: 'x' }, '400 invalid_request'],
  [
    'a subject token of the other type',
    { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
    '400 invalid_request',
  ],
  ['another requested type', { requested_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, '400 invalid_request'],
  ['a resource', { resource: 'https://api.example' }, '400 invalid_target'],
  ['a wildcard as audience', { audience: '*' }, '400 invalid_target'],
  ['a namespace as audience', { audience: 'prod/*' }, '400 invalid_target'],
  ['an actor without its type', { actor_token: 'x' }, '400 invalid_request'],
  ['a type without an actor', { actor_token_type: ACCESS_TOKEN }, '400 invalid_request'],
  ['an actor that is none', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }, '400 invalid_request'],
  ['a client that fails', { client_id: 'ab12-cd34', client_secret: 'x' }, '401 invalid_client'],
];

for (const [what, more, expected] of REFUSED) {
  test(`${what}: ${expected}`, async () => {
    const { exchange } = await exchanging();
    assert.equal(said(await exchange(more)), expected);
  });
}

test('a browser session, an ended token and a session that is not active are exchanged for nothing', async () => {
  const { world, token, exchange } = await exchanging();
  const session = (await world.whoIs(token))!.session!;
  const handle = await world.sessions.addBrowserHandle(session, 'app.ostiary.localhost');
  assert.equal(said(await exchange({}, handle)), '400 invalid_request');
  await world.sessions.setState(session.metadata.uid, 'PENDING');
  assert.equal(said(await exchange()), '400 invalid_request');
  await world.sessions.revoke(session.metadata.uid);
  assert.equal(said(await exchange()), '400 invalid_request');
});

test('many exchanges end neither the token that they are made with nor an access token', async () => {
  const world = new OAuth2World();
  const robot = { ...ROBOT, spec: { ...ROBOT.spec, session: { maxPerUser: 2 } } };
  const key = credential('key', 'robot');
  world.state([key], [robot]);
  const { accessToken } = await world.accessTokens.mint({ credential: key, user: robot, clusterConfig: null });
  for (let i = 0; i < 5; i++) {
    const { status } = await world.token({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: accessToken,
      subject_token_type: ACCESS_TOKEN,
    });
    assert.equal(status, 200);
  }
  assert.notEqual(await world.whoIs(accessToken), null);
  assert.equal((await world.sessions.list('robot')).length, 3);
});
