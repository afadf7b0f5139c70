import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import type { Identification } from '../../../identity/identification.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Credential } from '../../../src/model/index.ts';
import { credential, IdentityFixture, ROBOT } from './fixture.ts';

const HOUR = 3_600_000;
const WIDE: Partial<Credential['spec']> = { scopes: ['service:*'], authorization: { policies: ['allow-all'] } };

function directoryWith(spec: Partial<Credential['spec']>, uid?: string): Directory {
  return new Directory([ROBOT], [], [withUid(credential('ci', 'robot', spec), uid)]);
}

function withUid(made: Credential, uid: string | undefined): Credential {
  return uid === undefined ? made : { ...made, metadata: { ...made.metadata, uid } };
}

/** A token that was made from a wide Credential, and how it is seen once the Credential is another. */
async function minted(uid?: string) {
  const fixture = new IdentityFixture();
  const made = withUid(credential('ci', 'robot', WIDE), uid);
  const { accessToken } = await fixture.accessTokens.mint({ credential: made, user: ROBOT, clusterConfig: null });
  const headers = HeaderList.from([['authorization', `Bearer ${accessToken}`]]);
  const seenBy = (directory: Directory) =>
    fixture.identify({ host: 'api.example.com', scheme: 'https', headers }, directory);
  return { fixture, seenBy };
}

function sessionOf(given: Identification) {
  assert.equal(given.kind, 'identified');
  return given.kind === 'identified' ? given.principal.session! : assert.fail();
}

test('narrower scopes and other policies of a Credential hold for the tokens that are out', async () => {
  const { seenBy } = await minted();
  const wide = sessionOf(await seenBy(directoryWith(WIDE)));
  assert.deepEqual([wide.status.scopes, wide.spec.authorization], [WIDE.scopes, WIDE.authorization]);
  const narrow = { scopes: ['service:api'], authorization: { policies: ['deny-all'] } };
  const { status, spec } = sessionOf(await seenBy(directoryWith(narrow)));
  assert.deepEqual([status.scopes, spec.authorization], [narrow.scopes, narrow.authorization]);
  const bare = sessionOf(await seenBy(directoryWith({})));
  assert.deepEqual([bare.status.scopes, bare.spec.authorization], [undefined, undefined]);
});

test('an earlier end of a Credential is the end of its tokens, at that moment', async () => {
  const { fixture, seenBy } = await minted();
  const expiresAt = new Date(fixture.clock.now() + HOUR).toISOString();
  const shortened = directoryWith({ ...WIDE, expiresAt });
  assert.equal(sessionOf(await seenBy(shortened)).spec.expiresAt, expiresAt);
  fixture.clock.advance(HOUR);
  const refused = await seenBy(shortened);
  assert.deepEqual(refused.kind === 'rejected' && refused.detail, 'the access token is expired');
});

test('a later end of a Credential makes no token live longer', async () => {
  const { fixture, seenBy } = await minted();
  const later = directoryWith({ ...WIDE, expiresAt: new Date(fixture.clock.now() + 365 * 24 * HOUR).toISOString() });
  fixture.clock.advance(91 * 24 * HOUR);
  assert.equal((await seenBy(later)).kind, 'rejected');
});

test('a Credential that was deleted and made again under the same name does not back the old tokens', async () => {
  const { seenBy } = await minted('uid-1');
  assert.equal((await seenBy(directoryWith(WIDE, 'uid-1'))).kind, 'identified');
  assert.equal((await seenBy(directoryWith(WIDE, 'uid-2'))).kind, 'rejected');
});

test('the view of a session is made once for each configuration, not for each request', async () => {
  const { seenBy } = await minted();
  const directory = directoryWith(WIDE);
  assert.equal(sessionOf(await seenBy(directory)), sessionOf(await seenBy(directory)));
});
