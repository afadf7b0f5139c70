import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { successorOf } from '../../identity/tokens/token-format.ts';
import { AppError } from '../../src/base/errors.ts';
import { CLI, DeviceWorld } from '../unit/identity/device-world.ts';
import { ALICE, DOMAIN, user } from '../unit/identity/fixture.ts';
import { client, type OAuth2World, said } from '../unit/identity/oauth2-world.ts';

const REFUSED = '400 invalid_grant';

/** Whether anything is left of the login. */
async function isOver(world: DeviceWorld): Promise<boolean> {
  const left = await Promise.all([world.whoIs(world.tokens.access), world.refresh()]);
  return left[0] === null && left[1].status === 400;
}

test('a stolen refresh token that is used after its owner renewed it ends the session, for both', async () => {
  const world = await DeviceWorld.letIn();
  const { refresh: stolen } = world.tokens;
  world.keep(await world.refresh());
  world.clock.advance(10_000);
  assert.equal(said(await world.refresh(stolen)), REFUSED);
  assert.ok(await isOver(world));
});

test('a thief who is first is thrown out when the owner comes', async () => {
  const world = await DeviceWorld.letIn();
  const { refresh: owners } = world.tokens;
  world.keep(await world.refresh(owners));
  world.keep(await world.refresh());
  assert.equal(said(await world.refresh(owners)), REFUSED, 'a token that was used twice ago is no repeated request');
  assert.ok(await isOver(world));
});

test('what is asked for with other scopes is no repeated request', async () => {
  const world = await DeviceWorld.letIn();
  const { refresh: stolen } = world.tokens;
  world.keep(await world.refresh());
  assert.equal(said(await world.refresh(stolen, { scope: 'service:api' })), REFUSED);
  assert.ok(await isOver(world));
});

test('of many who show one refresh token at once all get the same tokens, and one renewal took place', async () => {
  const world = await DeviceWorld.letIn();
  const answers = await Promise.all(Array.from({ length: 8 }, () => world.refresh()));
  const given = new Set(answers.map(({ value }) => JSON.stringify(value)));
  assert.equal(given.size, 1, [...given].join('\n'));
  assert.equal(world.store.handleRows.size, 3, 'the browser, the token of before and the one that was given');
  world.keep(answers[0]!);
  world.keep(await world.refresh());
});

test('another client, and one that authenticates itself, gets nothing and ends nothing', async () => {
  const world = await DeviceWorld.letIn();
  world.state([client('ci')], [ALICE, user('robot', { type: 'WORKLOAD' })]);
  const robot = await world.client();
  const form = { grant_type: 'refresh_token', refresh_token: world.tokens.refresh };
  for (const shown of [{}, { client_id: 'another' }, robot]) {
    assert.equal(said(await world.token({ ...form, ...shown })), REFUSED);
    const revoked = said(await world.post('/oauth2/revoke', { token: world.tokens.refresh, ...shown }));
    assert.equal(revoked, '400 unauthorized_client');
  }
  world.keep(await world.refresh());
});

test('guessed tokens, also of a known family, and other kinds of token renew nothing', async () => {
  const world = await DeviceWorld.letIn();
  for (const guess of ['', 'x', world.tokens.access, `${world.tokens.refresh}x`, newFamilyOf(world.tokens.refresh)]) {
    assert.equal((await world.refresh(guess)).status, 400, guess);
  }
  world.keep(await world.refresh());
});

/** Another beginning: nobody knows one who has not had a token of it. */
function newFamilyOf(token: string): string {
  const swapped = token.slice(7).replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  return successorOf('rt', `ost_rt_${swapped}`);
}

test('a refresh token is no access token', async () => {
  const world = await DeviceWorld.letIn();
  assert.equal(await world.whoIs(world.tokens.refresh), null);
  const subject = {
    subject_token: world.tokens.refresh,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  };
  const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
  assert.equal(said(await world.token({ grant_type, ...subject })), '400 invalid_request');
});

test('scopes never become more, and those of the directory are not had by asking', async () => {
  const world = await DeviceWorld.letIn({ scope: 'service:api' });
  for (const scope of ['service:*', 'service:api service:wiki', 'scim:*', 'openid']) {
    assert.equal(said(await world.refresh(undefined, { scope })), '400 invalid_scope', scope);
  }
  const unlimited = await DeviceWorld.letIn();
  assert.equal(said(await unlimited.refresh(undefined, { scope: 'scim:write' })), '400 invalid_scope');
});

test('after a revocation, a disabling or a rejection there is nothing to renew', async () => {
  const revoked = await DeviceWorld.letIn();
  for (const { metadata } of await revoked.sessions.list()) await revoked.sessions.revoke(metadata.uid);
  assert.equal(said(await revoked.refresh()), REFUSED);
  const disabled = await DeviceWorld.letIn();
  disabled.state([], [user('alice', { isDisabled: true })]);
  assert.equal(said(await disabled.refresh()), REFUSED);
  const another = await DeviceWorld.letIn();
  const [mine] = await another.sessions.list();
  await another.sessions.change(mine!.metadata.uid, (session) => ({
    ...session,
    status: { ...session.status, userRef: { name: 'alice', uid: 'of-before' } },
  }));
  another.state([], [{ ...ALICE, metadata: { name: 'alice', uid: 'somebody-else' } }]);
  assert.equal(said(await another.refresh()), REFUSED, 'the name was given to somebody else');
  const rejected = await DeviceWorld.letIn();
  for (const { metadata } of await rejected.sessions.list())
    await rejected.sessions.setState(metadata.name, 'REJECTED');
  assert.equal(said(await rejected.refresh()), REFUSED);
});

test('a session that had to make room is not renewed', async () => {
  const world = await DeviceWorld.begin();
  const one = user('alice', { session: { maxPerUser: 1 } });
  world.state([], [one]);
  const browser = await world.browser(one);
  await world.decide('approve', browser);
  world.keep(await world.poll());
  const former = world.tokens;
  const { value } = await world.post('/oauth2/device_authorization', CLI);
  await world.decide('approve', browser, String(value.user_code));
  world.keep(await world.poll({ device_code: String(value.device_code) }));
  assert.equal(said(await world.refresh(former.refresh)), REFUSED);
  world.keep(await world.refresh());
});

test('a session that is revoked while it is renewed does not come back', async () => {
  const world = await DeviceWorld.letIn();
  const [mine] = await world.sessions.list();
  const { replace } = world.store.records;
  const records = world.store.records as { replace: typeof replace };
  records.replace = async (...args) => {
    await world.sessions.revoke(mine!.metadata.uid);
    return replace(...args);
  };
  assert.equal(said(await world.refresh()), REFUSED);
  records.replace = replace;
  assert.ok(await isOver(world));
});

test('a session that is gone before its record is does not hold the endpoint up', async () => {
  const world = await DeviceWorld.letIn();
  const { handles } = world.store;
  const mutable = handles as { put: typeof handles.put };
  mutable.put = () => {
    throw new AppError('not-found', 'what this belongs to is not in the store (any more)');
  };
  assert.equal(said(await world.refresh()), REFUSED);
  const [mine] = await world.sessions.list();
  await world.store.sessions.delete(mine!.metadata.uid);
  assert.equal(said(await world.refresh(undefined, { scope: 'service:api' })), REFUSED);
});

test('what is stored gives nobody a token', async () => {
  const world = await DeviceWorld.letIn();
  const before = world.tokens;
  world.keep(await world.refresh());
  const rows = JSON.stringify([...world.store.recordRows.values(), ...world.store.handleRows.values()]);
  for (const token of [...Object.values(before), ...Object.values(world.tokens)]) assert.ok(!rows.includes(token));
  world.clock.advance(10_001);
  await world.sessions.sweep();
  const spaces = [...world.store.recordRows.values()].map(({ space }) => space);
  assert.deepEqual(
    spaces.filter((space) => space.startsWith('refresh')),
    ['refresh-token'],
    'the sealed answer is gone',
  );
});

async function prover(world: OAuth2World) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return async (): Promise<{ readonly dpop: string }> => {
    const iat = Math.floor(world.clock.now() / 1000);
    const claims = { jti: crypto.randomUUID(), htm: 'POST', htu: `https://${DOMAIN}/oauth2/token`, iat };
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
    return { dpop: await new SignJWT(claims).setProtectedHeader(header).sign(privateKey) };
  };
}

test('a refresh token that was asked for with a DPoP key is renewed with that key only', async () => {
  const world = await DeviceWorld.begin();
  const [own, thief] = [await prover(world), await prover(world)];
  await world.decide('approve', await world.browser());
  world.keep(await world.poll({}, await own()));
  const unproven = '400 invalid_dpop_proof';
  assert.equal(said(await world.refresh()), unproven);
  assert.equal(said(await world.refresh(undefined, {}, await thief())), unproven);
  const proof = await own();
  const renewed = await world.refresh(undefined, {}, proof);
  assert.equal(renewed.value.token_type, 'DPoP');
  assert.equal(said(await world.refresh(undefined, {}, proof)), unproven, 'a proof is good once');
  const { refresh: used } = world.tokens;
  world.keep(renewed);
  world.clock.advance(10_000);
  assert.equal(said(await world.refresh(used, {}, await thief())), unproven, 'without the key nobody ends the session');
  world.keep(await world.refresh(undefined, {}, await own()));
});

test('nobody binds the refresh token of somebody else to a key of theirs', async () => {
  const world = await DeviceWorld.letIn();
  const proof = await (await prover(world))();
  assert.equal(said(await world.refresh(undefined, {}, proof)), '400 invalid_dpop_proof');
  world.keep(await world.refresh());
});
