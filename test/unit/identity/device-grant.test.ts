import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newUserCode, readUserCode } from '../../../identity/oauth2/device/user-code.ts';
import type { SiteAnswer } from '../../../identity/site/answer.ts';
import { CLI, DeviceWorld, DEVICE_GRANT as GRANT, ORIGIN } from './device-world.ts';
import { ALICE, user } from './fixture.ts';
import { type Fields, said } from './oauth2-world.ts';

function shown(answer: SiteAnswer) {
  return answer.kind === 'page' ? answer.page : assert.fail(JSON.stringify(answer));
}

test('a person confirms the code, and the device gets one token for them', async () => {
  const world = await DeviceWorld.begin({ scope: 'service:api' });
  assert.equal(said(await world.poll()), '400 authorization_pending');
  const browser = await world.browser();
  const asked = shown(await world.page('GET', { user_code: world.userCode }, browser));
  assert.deepEqual(asked, {
    name: 'device-code',
    action: '/device',
    user: ALICE,
    userCode: world.userCode,
    problem: null,
  });
  const confirm = shown(await world.decide('', browser, world.userCode.toLowerCase().replace('-', ' ')));
  assert.deepEqual(confirm.name === 'confirm-device' && confirm.scopes, ['service:api']);
  assert.equal(said(await world.poll()), '400 authorization_pending', 'looking decides nothing');
  const decided = shown(await world.decide('approve', browser));
  assert.equal(decided.name === 'device-decided' && decided.outcome, 'approve');
  const { status, value } = await world.poll();
  assert.deepEqual([status, value.token_type, value.scope], [200, 'Bearer', 'service:api']);
  const principal = await world.whoIs(String(value.access_token));
  assert.deepEqual([principal?.kind, principal?.user?.metadata.name], ['human', 'alice']);
  assert.equal(said(await world.poll()), '400 invalid_grant', 'once');
  assert.equal(said(await world.post('/oauth2/revoke', { token: String(value.access_token), ...CLI })), '200 ok');
  assert.equal(await world.whoIs(String(value.access_token)), null);
});

test('what is denied stays denied', async () => {
  const world = await DeviceWorld.begin();
  const browser = await world.browser();
  await world.decide('deny', browser);
  const late = shown(await world.decide('approve', browser));
  assert.equal(late.name, 'device-code', 'nothing waits for the code any more');
  assert.equal(said(await world.poll()), '400 access_denied');
});

test('a code expires, for the person and for the device', async () => {
  const world = await DeviceWorld.begin();
  const browser = await world.browser();
  world.clock.advance(600_000);
  assert.equal(shown(await world.decide('approve', browser)).name, 'device-code');
  assert.equal(said(await world.poll()), '400 expired_token');
});

test('a device that asks too often is told to slow down', async () => {
  const world = await DeviceWorld.begin();
  await world.poll();
  assert.equal(said(await world.token({ grant_type: GRANT, device_code: world.code, ...CLI })), '400 slow_down');
  assert.equal(said(await world.poll()), '400 authorization_pending');
});

test('a page elsewhere cannot confirm a device (CSRF)', async () => {
  const world = await DeviceWorld.begin();
  const browser = await world.browser();
  const form = { user_code: world.userCode, decision: 'approve' };
  for (const headers of [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site', ...ORIGIN }]) {
    assert.equal((await world.page('POST', form, { ...browser, ...headers })).kind, 'refused');
  }
  await world.page('GET', form, browser);
  assert.equal(said(await world.poll()), '400 authorization_pending');
});

test('a browser without a session signs in first, and one that is not active decides nothing', async () => {
  const world = await DeviceWorld.begin();
  const signIn = await world.page('GET', { user_code: world.userCode }, {});
  assert.match(signIn.kind === 'redirect' ? signIn.location : '', /^\/\.ostiary\/sign-in\?to=.*user_code/);
  assert.equal((await world.decide('approve', {})).kind, 'redirect');
  const pending = user('alice', { session: { defaultState: 'PENDING' } });
  world.state([], [pending]);
  const refusal = await world.decide('approve', await world.browser(pending));
  assert.equal(refusal.kind === 'refused' && refusal.reason, 'session-not-active');
  assert.equal(said(await world.poll()), '400 authorization_pending');
});

test('somebody who has to show a second factor first approves no device', async () => {
  const world = await DeviceWorld.begin();
  const browser = await world.browser();
  const [session] = await world.sessions.list();
  assert.ok(session !== undefined);
  const status = { ...session.status, authenticatorAction: 'AUTHENTICATION_REQUIRED' } as const;
  await world.sessions.change(session.metadata.uid, (now) => ({ ...now, status }));
  for (const answer of [await world.page('GET', {}, browser), await world.decide('approve', browser)]) {
    assert.equal(answer.kind === 'refused' && answer.reason, 'authenticator-authentication-required');
  }
  assert.equal(said(await world.poll()), '400 authorization_pending');
});

test('a token of a device approves no other device', async () => {
  const world = await DeviceWorld.begin();
  await world.decide('approve', await world.browser());
  const token = String((await world.poll()).value.access_token);
  const answer = await world.decide('approve', {
    cookie: `__Host-ostiary-session=${token}`,
    authorization: `Bearer ${token}`,
  });
  assert.equal(answer.kind, 'redirect');
});

test('guessing codes is slowed down', async () => {
  const world = await DeviceWorld.begin();
  const browser = await world.browser();
  const problem = async (code: string) => {
    const page = shown(await world.decide('approve', browser, code));
    return page.name === 'device-code' ? page.problem : page.name;
  };
  for (let i = 0; i < 10; i++) assert.equal(await problem(newUserCode()), 'unknown');
  assert.equal(await problem(world.userCode), 'too-many');
  world.clientAddress = '192.0.2.50';
  assert.equal(await problem(world.userCode), 'too-many', 'from another address too');
  world.clock.advance(60_000);
  assert.equal(await problem(world.userCode), 'device-decided');
});

test('somebody who was disabled meanwhile gives the device nothing', async () => {
  const world = await DeviceWorld.begin();
  await world.decide('approve', await world.browser());
  world.state([], [user('alice', { isDisabled: true })]);
  assert.equal(said(await world.poll()), '400 access_denied');
});

test('somebody of the same name who was made anew meanwhile gives the device nothing', async () => {
  const world = await DeviceWorld.begin();
  const alice = (uid: string) => ({ ...ALICE, metadata: { ...ALICE.metadata, uid } });
  world.state([], [alice('first')]);
  const decided = shown(await world.decide('approve', await world.browser(alice('first'))));
  assert.equal(decided.name === 'device-decided' && decided.outcome, 'approve');
  world.state([], [alice('second')]);
  assert.equal(said(await world.poll()), '400 access_denied');
});

test('other clients, codes and requests are refused', async () => {
  const world = await DeviceWorld.begin();
  const begin = (form: Fields) => world.post('/oauth2/device_authorization', form);
  assert.equal(said(await begin({})), '400 invalid_request');
  assert.equal(said(await begin({ client_id: 'evil' })), '401 invalid_client');
  assert.equal(said(await begin({ ...CLI, scope: 'openid' })), '400 invalid_scope');
  assert.equal(said(await world.poll({ device_code: '' })), '400 invalid_request');
  assert.equal(said(await world.poll({ device_code: 'x' })), '400 invalid_grant');
  assert.equal(said(await world.poll({ client_id: 'evil' })), '401 invalid_client');
  const answers = [];
  for (let i = 0; i < 40; i++) answers.push(said(await begin(CLI)));
  assert.equal(answers.at(-1), '429 slow_down');
});

test('codes are read as people type them', () => {
  assert.match(newUserCode(), /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  assert.equal(readUserCode(' wdjb mjht '), 'WDJB-MJHT');
  for (const text of ['', 'WDJB', 'WDJB-MJHA', 'WDJB-MJHTX', '<b>']) assert.equal(readUserCode(text), null, text);
});
