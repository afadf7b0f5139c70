import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import type { Identification } from '../../../identity/identification.ts';
import { createIdentifier } from '../../../identity/identify.ts';
import { isPromise } from '../../../src/base/awaitable.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Session } from '../../../src/model/index.ts';
import { ALICE, APP, BOB, credential, DEMO_SIGN_IN, DIRECTORY, IdentityFixture, ROBOT, user, WIKI } from './fixture.ts';

let fixture: IdentityFixture;
let session: Session;
let handle: string;
let accessToken: string;

beforeEach(async () => {
  fixture = new IdentityFixture();
  const origin = { address: '192.0.2.1', userAgent: null };
  session = await fixture.sessions.createForSignIn({
    user: ALICE,
    by: DEMO_SIGN_IN,
    origin,
    terms: DIRECTORY.sessionTermsOf(ALICE),
  });
  handle = await fixture.sessions.addBrowserHandle(session, APP);
  ({ accessToken } = await fixture.accessTokens.mint({
    credential: credential('ci', 'robot'),
    user: ROBOT,
    clusterConfig: null,
  }));
});

interface Asked {
  readonly host?: string;
  readonly scheme?: 'http' | 'https';
  readonly directory?: typeof DIRECTORY;
}

async function identify(headers: [string, string][], asked: Asked = {}): Promise<Identification> {
  const { host = APP, scheme = 'https', directory = DIRECTORY } = asked;
  return fixture.identify({ host, scheme, headers: HeaderList.from(headers) }, directory);
}

const cookie = (value: string): [string, string] => ['cookie', `__Host-ostiary-session=${value}`];
const bearer = (value: string): [string, string] => ['authorization', `Bearer ${value}`];
const own = (value: string): [string, string] => ['x-ostiary-auth', value];

function who(identification: Identification): string {
  if (identification.kind === 'identified')
    return `${identification.principal.user?.metadata.name} by ${identification.shownIn}`;
  return identification.kind === 'rejected' ? identification.reason : identification.kind;
}

test('a browser is identified with its user, the groups that exist and its session', async () => {
  const identification = await identify([cookie(handle)]);
  assert.equal(identification.kind, 'identified');
  if (identification.kind !== 'identified') return;
  const { principal, shownIn } = identification;
  assert.equal(shownIn, 'cookie');
  assert.equal(principal.kind, 'human');
  assert.equal(principal.user, ALICE);
  assert.deepEqual(
    principal.groups.map(({ metadata }) => metadata.name),
    ['prod'],
  );
  assert.equal(principal.session, session);
});

test('an access token identifies a workload on every host, in either header', async () => {
  assert.equal(who(await identify([bearer(accessToken)])), 'robot by authorization');
  assert.equal(who(await identify([own(accessToken)], { host: WIKI })), 'robot by x-ostiary-auth');
});

test('what shows nothing of ours is not ours to judge', async () => {
  const foreign: [string, string][][] = [
    [],
    [['authorization', 'Basic dXNlcjpwYXNz']],
    [['authorization', 'Bearerx abc']],
    [['cookie', 'theme=dark']],
  ];
  for (const headers of foreign) assert.equal(who(await identify(headers)), 'not-responsible');
});

test('the first that is present decides', async () => {
  assert.equal(who(await identify([bearer('x'), cookie(handle), own(accessToken)])), 'robot by x-ostiary-auth');
  assert.equal(who(await identify([bearer(accessToken), cookie(handle)])), 'alice by cookie');
});

test('an invalid one is never made up for by a valid one that comes later', async () => {
  assert.equal(who(await identify([own('wrong'), cookie(handle), bearer(accessToken)])), 'token-invalid');
  assert.equal(who(await identify([own(''), cookie(handle)])), 'token-invalid');
  assert.equal(who(await identify([cookie('wrong'), bearer(accessToken)])), 'session-unknown');
  assert.equal(who(await identify([cookie(''), bearer(accessToken)])), 'session-unknown');
});

test('a repeated credential is refused, even when both are valid', async () => {
  assert.equal(who(await identify([own(accessToken), own(accessToken)])), 'token-invalid');
  assert.equal(who(await identify([bearer(accessToken), bearer(accessToken)])), 'token-invalid');
  assert.equal(who(await identify([['authorization', 'Basic eDp5'], bearer(accessToken)])), 'token-invalid');
  assert.equal(who(await identify([cookie(handle), cookie(handle)])), 'session-unknown');
  const pair = `__Host-ostiary-session=${handle}`;
  assert.equal(who(await identify([['cookie', `${pair}; ${pair}`]])), 'session-unknown');
});

test('the scheme name of the Authorization field has no case', async () => {
  assert.equal(who(await identify([['authorization', `bEARER ${accessToken}`]])), 'robot by authorization');
});

test('handles and access tokens do not stand in for each other', async () => {
  assert.equal(who(await identify([bearer(handle)])), 'token-invalid');
  assert.equal(who(await identify([own(handle)])), 'token-invalid');
  assert.equal(who(await identify([cookie(accessToken)])), 'session-unknown');
});

test('a handle is good for its own host only', async () => {
  assert.equal(who(await identify([cookie(handle)], { host: WIKI })), 'session-unknown');
});

test('over HTTPS only the cookie name that no other host can plant counts', async () => {
  const plain: [string, string] = ['cookie', `ostiary-session=${handle}`];
  assert.equal(who(await identify([plain])), 'not-responsible');
  assert.equal(who(await identify([plain], { scheme: 'http' })), 'alice by cookie');
});

test('unknown, malformed and mistyped access tokens look alike', async () => {
  const mistyped = `${accessToken.slice(0, -1)}${accessToken.endsWith('A') ? 'B' : 'A'}`;
  const other = await fixture.accessTokens.mint({
    credential: credential('x', 'robot'),
    user: ROBOT,
    clusterConfig: null,
  });
  await fixture.sessions.revoke(other.session.metadata.uid);
  for (const shown of [mistyped, other.accessToken, 'abc', '']) {
    assert.equal(who(await identify([bearer(shown)])), 'token-invalid');
  }
});

test('what cannot be one of our tokens costs no store call', async () => {
  const { handleReads } = fixture.store;
  await identify([bearer(`ost_at_${'A'.repeat(49)}`)]);
  await identify([cookie('short')]);
  assert.equal(fixture.store.handleReads, handleReads);
});

test('a known handle costs no store call and is answered without a promise', async () => {
  await identify([cookie(handle)]);
  const { handleReads } = fixture.store;
  const headers = HeaderList.from([cookie(handle)]);
  const again = fixture.identify({ host: APP, scheme: 'https', headers }, DIRECTORY);
  assert.equal(isPromise(again), false);
  assert.equal(fixture.store.handleReads, handleReads);
});

test('a session ends at its hour, also one that is known', async () => {
  assert.equal(who(await identify([cookie(handle)])), 'alice by cookie');
  for (let hour = 0; hour < 21; hour += 7) {
    fixture.clock.advance(hour === 14 ? 7 * 3_600_000 - 1 : 7 * 3_600_000);
    assert.equal(who(await identify([cookie(handle)])), 'alice by cookie');
    await fixture.lastSeen.flush();
  }
  fixture.clock.advance(1);
  assert.equal(who(await identify([cookie(handle)])), 'session-expired');
});

test('an expired access token is invalid', async () => {
  fixture.clock.advance(90 * 24 * 3_600_000);
  assert.equal(who(await identify([bearer(accessToken)])), 'token-invalid');
});

test('a revoked session is unknown to the very next request', async () => {
  assert.equal(who(await identify([cookie(handle)])), 'alice by cookie');
  await fixture.sessions.revoke(session.metadata.name);
  assert.equal(who(await identify([cookie(handle)])), 'session-unknown');
});

test('a session that another process revoked is unknown a second later', async () => {
  await identify([cookie(handle)]);
  void fixture.store.sessions.delete(session.metadata.uid);
  fixture.clock.advance(1001);
  assert.equal(who(await identify([cookie(handle)])), 'session-unknown');
});

test('a session that is changed is seen changed by the next request', async () => {
  await identify([cookie(handle)]);
  await fixture.sessions.setState(session.metadata.uid, 'REJECTED');
  const identification = await identify([cookie(handle)]);
  assert.equal(identification.kind === 'identified' && identification.principal.session?.spec.state, 'REJECTED');
});

test('another generation is asked for the user again', async () => {
  await identify([cookie(handle)]);
  const promoted = user('alice', { groups: [] });
  const next = await identify([cookie(handle)], { directory: new Directory([promoted], [], []) });
  assert.equal(next.kind === 'identified' && next.principal.user, promoted);
  assert.equal(who(await identify([cookie(handle)], { directory: new Directory([BOB], [], []) })), 'session-unknown');
});

test('a user of the same name who is somebody else does not inherit the session', async () => {
  const former = { ...ALICE, metadata: { name: 'alice', uid: 'uid-1' } };
  const origin = { address: '192.0.2.1', userAgent: null };
  const ofFormer = await fixture.sessions.createForSignIn({
    user: former,
    by: DEMO_SIGN_IN,
    origin,
    terms: DIRECTORY.sessionTermsOf(ALICE),
  });
  const shown = await fixture.sessions.addBrowserHandle(ofFormer, APP);
  const namesake = { ...ALICE, metadata: { name: 'alice', uid: 'uid-2' } };
  assert.equal(
    who(await identify([cookie(shown)], { directory: new Directory([namesake], [], []) })),
    'session-unknown',
  );
  assert.equal(who(await identify([cookie(shown)], { directory: new Directory([former], [], []) })), 'alice by cookie');
});

test('an access token is worth nothing once its user is a person', async () => {
  assert.equal(
    who(
      await identify([bearer(accessToken)], {
        directory: new Directory([user('robot')], [], [credential('ci', 'robot')]),
      }),
    ),
    'token-invalid',
  );
});

test('a store that fails identifies nobody', async () => {
  fixture.store.broken = true;
  const identification = await identify([cookie(handle)]);
  assert.deepEqual(identification, { kind: 'rejected', reason: 'identity-unavailable', detail: 'the disk is on fire' });
});

test('a store that fails later, by a promise, identifies nobody either', async () => {
  const resolver = { resolve: () => Promise.reject(new Error('gone')) };
  const identifyBy = createIdentifier({ resolver, possession: () => null });
  const given = await identifyBy({ host: APP, scheme: 'https', headers: HeaderList.from([cookie(handle)]) }, DIRECTORY);
  assert.equal(who(given), 'identity-unavailable');
});

const ENDED: readonly [string, Directory][] = [
  ['is gone', new Directory([ROBOT], [], [])],
  ['is disabled', new Directory([ROBOT], [], [credential('ci', 'robot', { isDisabled: true })])],
  ["is somebody else's now", new Directory([ROBOT], [], [credential('ci', 'other')])],
];

for (const [what, directory] of ENDED) {
  test(`an access token ends when its Credential ${what}`, async () => {
    assert.equal(who(await identify([bearer(accessToken)])), 'robot by authorization');
    assert.equal(who(await identify([bearer(accessToken)], { directory })), 'token-invalid');
  });
}
