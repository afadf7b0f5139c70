import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAccessToken, newAccessToken } from '../../../identity/tokens/access-token-format.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import { ALICE, credential, DIRECTORY, IdentityFixture, ROBOT, user } from './fixture.ts';

const DAY = 24 * 3_600_000;
const request = (spec = {}) => ({ credential: credential('ci', 'robot', spec), user: ROBOT, clusterConfig: null });

async function identifies(fixture: IdentityFixture, accessToken: string): Promise<boolean> {
  const headers = HeaderList.from([['authorization', `Bearer ${accessToken}`]]);
  const given = await fixture.identify({ host: 'api.example.com', scheme: 'https', headers }, DIRECTORY);
  return given.kind === 'identified';
}

test('an access token has a prefix and a checksum that scanners can check', () => {
  const accessToken = newAccessToken();
  assert.match(accessToken, /^ost_at_[A-Za-z0-9_-]{49}$/);
  assert.equal(isAccessToken(accessToken), true);
  assert.notEqual(newAccessToken(), accessToken);
  for (let i = 0; i < accessToken.length; i++) {
    const other = accessToken[i] === 'x' ? 'y' : 'x';
    assert.equal(isAccessToken(accessToken.slice(0, i) + other + accessToken.slice(i + 1)), false, `character ${i}`);
  }
  assert.equal(isAccessToken(`${accessToken}\n`), false);
});

test("a token acts in a session of its own, with the Credential's scopes and policies", async () => {
  const fixture = new IdentityFixture();
  const authorization = { policies: ['allow-all'] };
  const { accessToken, session } = await fixture.accessTokens.mint(request({ scopes: ['service:api'], authorization }));
  assert.deepEqual(session.spec.authorization, authorization);
  assert.equal(session.status.scopes, undefined, "the Credential's count, as they are then");
  assert.deepEqual(session.status.credentialRef, { name: 'ci' });
  assert.equal(session.status.authentication.info.type, 'CREDENTIAL');
  assert.equal(session.status.isBrowser, false);
  assert.equal(await identifies(fixture, accessToken), true);
});

test('only the hash of a token is stored', async () => {
  const fixture = new IdentityFixture();
  const { accessToken } = await fixture.accessTokens.mint(request());
  const stored = JSON.stringify([...fixture.store.handleRows, ...fixture.store.sessionRows]);
  assert.equal(stored.includes(hashHandle(accessToken)), true);
  assert.equal(stored.includes(accessToken.slice(7, 50)), false);
});

test('it lives as long as its Credential, else as long as sessions of workloads', async () => {
  const fixture = new IdentityFixture();
  const expiresAt = new Date(fixture.clock.now() + DAY).toISOString();
  const short = await fixture.accessTokens.mint(request({ expiresAt }));
  const normal = await fixture.accessTokens.mint(request());
  assert.equal(short.session.spec.expiresAt, expiresAt);
  fixture.clock.advance(DAY);
  assert.equal(await identifies(fixture, short.accessToken), false);
  fixture.clock.advance(89 * DAY - 1);
  assert.equal(await identifies(fixture, normal.accessToken), true);
  fixture.clock.advance(1);
  assert.equal(await identifies(fixture, normal.accessToken), false);
});

test('tokens of one Credential are independent until it is rotated', async () => {
  const fixture = new IdentityFixture();
  const first = await fixture.accessTokens.mint(request());
  const second = await fixture.accessTokens.mint(request());
  await fixture.sessions.revoke(first.session.metadata.uid);
  assert.equal(await identifies(fixture, first.accessToken), false);
  assert.equal(await identifies(fixture, second.accessToken), true);
  const third = await fixture.accessTokens.rotate(request());
  assert.equal(await identifies(fixture, second.accessToken), false);
  assert.equal(await identifies(fixture, third.accessToken), true);
});

test('a rotation that is refused leaves the tokens as they are', async () => {
  const fixture = new IdentityFixture();
  const { accessToken } = await fixture.accessTokens.mint(request());
  await assert.rejects(fixture.accessTokens.rotate(request({ isDisabled: true })), { code: 'refused' });
  assert.equal(await identifies(fixture, accessToken), true);
});

test('the end of a Credential is the end of its tokens and of no others', async () => {
  const fixture = new IdentityFixture();
  const { accessToken } = await fixture.accessTokens.mint(request());
  const other = await fixture.accessTokens.mint({ ...request(), credential: credential('other', 'robot') });
  assert.equal(await fixture.sessions.revokeOfCredential('ci'), 1);
  assert.equal(await identifies(fixture, accessToken), false);
  assert.equal(await identifies(fixture, other.accessToken), true);
});

test('who may not have a token is told why', async () => {
  const { accessTokens } = new IdentityFixture();
  const refused = [
    [{ ...request(), user: ALICE, credential: credential('ci', 'alice') }, /"alice" is a person/],
    [{ ...request(), user: user('robot', { type: 'WORKLOAD', isDisabled: true }) }, /"robot" is disabled/],
    [{ ...request(), user: user('other', { type: 'WORKLOAD' }) }, /belongs to the user "robot", not "other"/],
    [request({ type: 'OAUTH2' }), /of type OAUTH2/],
    [request({ isDisabled: true }), /"ci" is disabled/],
    [request({ expiresAt: '2020-01-01T00:00:00Z' }), /"ci" expired at 2020-01-01T00:00:00Z/],
  ] as const;
  for (const [asked, message] of refused) await assert.rejects(accessTokens.mint(asked), { name: 'AppError', message });
});
