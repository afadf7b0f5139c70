import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, client, OAuth2World, said } from './oauth2-world.ts';

test('introspection says what a token is, to clients only', async () => {
  const world = new OAuth2World();
  world.state([client('ci', { scopes: ['service:api'] })]);
  const shown = await world.client();
  const token = await world.accessToken(shown);
  const { status, value } = await world.post('/oauth2/introspect', { token, ...shown });
  assert.equal(status, 200);
  const seconds = Math.floor(world.clock.now() / 1000);
  assert.deepEqual(value, {
    active: true,
    iss: 'https://ostiary.localhost',
    sub: 'robot',
    username: 'robot',
    token_type: 'Bearer',
    iat: seconds,
    exp: seconds + 4 * 3600,
    client_id: shown.client_id,
    scope: 'service:api',
  });
  assert.equal(said(await world.post('/oauth2/introspect', { token })), '401 invalid_client');
  assert.equal(
    said(await world.post('/oauth2/introspect', { token }, basic(shown.client_id, 'x'))),
    '401 invalid_client',
  );
  assert.equal(said(await world.post('/oauth2/introspect', shown)), '400 invalid_request');
});

test('a token that is good for nothing is inactive, whatever the cause', async () => {
  const world = new OAuth2World();
  const shown = await world.client();
  const asks = async (token: string) => (await world.post('/oauth2/introspect', { token, ...shown })).value;
  const inactive = { active: false };
  const token = await world.accessToken(shown);
  assert.deepEqual(await asks('x'), inactive);
  assert.deepEqual(await asks(`${token}x`), inactive);
  const session = (await world.whoIs(token))!.session!;
  await world.sessions.setState(session.metadata.uid, 'REJECTED');
  assert.deepEqual(await asks(token), inactive);
  await world.sessions.setState(session.metadata.uid, 'ACTIVE');
  assert.equal((await asks(token)).active, true);
  const browser = await world.sessions.addBrowserHandle(session, 'app.ostiary.localhost');
  assert.deepEqual(await asks(browser), inactive);
  world.clock.advance(4 * 3_600_000);
  assert.deepEqual(await asks(token), inactive);
});

test('a client revokes its tokens, and those of nobody else', async () => {
  const world = new OAuth2World();
  world.state([client('ci'), client('other')]);
  const [ours, others] = [await world.client('ci'), await world.client('other')];
  const [token, another] = [await world.accessToken(ours), await world.accessToken(ours)];
  assert.equal(said(await world.post('/oauth2/revoke', { token, ...others })), '400 unauthorized_client');
  assert.equal(said(await world.post('/oauth2/revoke', { token })), '400 unauthorized_client');
  assert.equal(said(await world.post('/oauth2/revoke', ours)), '400 invalid_request');
  assert.notEqual(await world.whoIs(token), null);
  const hint = { token_type_hint: 'anything' };
  assert.equal(said(await world.post('/oauth2/revoke', { token, ...hint, ...ours })), '200 ok');
  assert.equal(await world.whoIs(token), null);
  assert.notEqual(await world.whoIs(another), null);
  assert.equal(said(await world.post('/oauth2/revoke', { token, ...ours })), '200 ok', 'revoked already');
  assert.equal(said(await world.post('/oauth2/revoke', { token: 'unknown', ...ours })), '200 ok');
});

test('the metadata name every address with its methods', async () => {
  const { value } = await new OAuth2World().send('GET', '/.well-known/oauth-authorization-server', Buffer.of(), {});
  assert.equal(value.issuer, 'https://ostiary.localhost');
  assert.equal(value.token_endpoint, 'https://ostiary.localhost/oauth2/token');
  assert.ok((value.grant_types_supported as string[]).includes('client_credentials'));
});
