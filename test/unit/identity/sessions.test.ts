import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import { sessionTerms } from '../../../identity/sessions/lifetime.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import type { ClusterConfig } from '../../../src/model/index.ts';
import { ALICE, APP, BOB, DEMO_SIGN_IN, DIRECTORY, IdentityFixture, user, WIKI } from './fixture.ts';

const HOUR = 3_600_000;
const CLUSTER: ClusterConfig = {
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: {
    session: {
      human: { clientlessDuration: '8h', idleDuration: '30m' },
      workload: { clientlessDuration: { days: 2 } },
    },
  },
};

test('a session is held to what the User says, then the cluster, then the default', () => {
  const ofCluster = CLUSTER.spec.session;
  const stated = user('u', { session: { clientlessDuration: { hours: 1 }, maxPerUser: 2, defaultState: 'PENDING' } });
  assert.deepEqual(sessionTerms(stated, ofCluster), {
    lifetime: HOUR,
    accessToken: 4 * HOUR,
    refreshToken: 21 * HOUR,
    idle: 30 * 60_000,
    mostPerUser: 2,
    state: 'PENDING',
  });
  assert.equal(sessionTerms(user('u'), ofCluster).lifetime, 8 * HOUR);
  assert.equal(sessionTerms(user('u', { type: 'WORKLOAD' }), ofCluster).lifetime, 48 * HOUR);
  const human = { lifetime: 21 * HOUR, accessToken: 4 * HOUR, refreshToken: 21 * HOUR, idle: 8 * HOUR };
  assert.deepEqual(sessionTerms(user('u'), undefined), { ...human, mostPerUser: 16, state: 'ACTIVE' });
  const short = user('u', { session: { accessTokenDuration: '2h', refreshTokenDuration: '1h' } });
  assert.equal(sessionTerms(short, undefined).refreshToken, 2 * HOUR, 'what is good yet is not over');
  const workload = sessionTerms(user('u', { type: 'WORKLOAD' }), undefined);
  assert.deepEqual([workload.lifetime, workload.idle], [90 * 24 * HOUR, Number.POSITIVE_INFINITY]);
});

const origin = { address: '192.0.2.7', userAgent: 'A browser' };

test('a session of a sign-in says who, when, from where and for how long', async () => {
  const { sessions, clock } = new IdentityFixture();
  const terms = sessionTerms(ALICE, CLUSTER.spec.session);
  const session = await sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
  const now = new Date(clock.now()).toISOString();
  assert.match(session.metadata.name, /^alice-[a-z0-9]{6}$/);
  assert.equal(session.metadata.createdAt, now);
  assert.deepEqual(session.spec, { state: 'ACTIVE', expiresAt: new Date(clock.now() + 8 * HOUR).toISOString() });
  const authentication = {
    setAt: now,
    info: {
      type: 'IDENTITY_PROVIDER',
      identityProvider: { identityProviderRef: { name: 'demo' } },
      downstream: { ipAddress: '192.0.2.7', userAgent: 'A browser' },
    },
  };
  assert.deepEqual(session.status, {
    type: 'CLIENTLESS',
    isBrowser: true,
    userRef: { name: 'alice' },
    authentication,
    initialAuthentication: authentication,
    lastAuthentications: [],
    totalAuthentications: 1,
  });
});

test('a user agent of any length fits', async () => {
  const { sessions } = new IdentityFixture();
  const long = { ...origin, userAgent: 'x'.repeat(100_000) };
  const session = await sessions.createForSignIn({
    user: ALICE,
    by: DEMO_SIGN_IN,
    origin: long,
    terms: DIRECTORY.sessionTermsOf(ALICE),
  });
  assert.equal(session.status.authentication.info.downstream?.userAgent?.length, 512);
});

test('sessions are listed for everybody or for one, without the expired ones', async () => {
  const { sessions, clock } = new IdentityFixture();
  const signIn = (of: typeof ALICE) =>
    sessions.createForSignIn({ user: of, by: DEMO_SIGN_IN, origin, terms: DIRECTORY.sessionTermsOf(ALICE) });
  const old = await signIn(ALICE);
  clock.advance(20 * HOUR);
  const recent = await signIn(ALICE);
  const other = await signIn(BOB);
  assert.deepEqual(await sessions.list('alice'), [recent, old]);
  clock.advance(HOUR);
  assert.deepEqual(await sessions.list('alice'), [recent]);
  assert.deepEqual(await sessions.list(), [other, recent]);
  assert.equal(await sessions.find(old.metadata.uid), null);
  clock.advance(1);
  assert.equal(await sessions.sweep(), 1);
});

test('a session is revoked by id or by name, with its handles on all hosts', async () => {
  const { sessions, store } = new IdentityFixture();
  for (const key of ['uid', 'name'] as const) {
    const session = await sessions.createForSignIn({
      user: ALICE,
      by: DEMO_SIGN_IN,
      origin,
      terms: DIRECTORY.sessionTermsOf(ALICE),
    });
    await sessions.addBrowserHandle(session, APP);
    await sessions.addBrowserHandle(session, WIKI);
    assert.equal(await sessions.revoke(session.metadata[key]), session);
    assert.equal(store.sessionRows.size + store.handleRows.size, 0);
    assert.equal(await sessions.revoke(session.metadata[key]), null);
  }
});

test('a user who signs in too often loses the oldest sessions, at once', async () => {
  const { sessions, cache, resolver } = new IdentityFixture();
  const terms = { ...DIRECTORY.sessionTermsOf(ALICE), mostPerUser: 1 };
  const signIn = () => sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
  const first = await signIn();
  const hash = hashHandle(await sessions.addBrowserHandle(first, APP));
  assert.equal((await resolver.resolve(hash, DIRECTORY)).kind, 'resolved');
  const second = await signIn();
  assert.equal(cache.get(hash), undefined);
  assert.equal((await resolver.resolve(hash, DIRECTORY)).kind, 'unknown');
  assert.deepEqual(await sessions.list(), [second]);
});

test('a browser session that nobody uses ends, and use keeps it', async () => {
  const fixture = new IdentityFixture();
  const { sessions, resolver, clock, lastSeen } = fixture;
  const session = await sessions.createForSignIn({
    user: ALICE,
    by: DEMO_SIGN_IN,
    origin,
    terms: DIRECTORY.sessionTermsOf(ALICE),
  });
  const hash = hashHandle(await sessions.addBrowserHandle(session, APP));
  const kind = async (of = resolver) => (await of.resolve(hash, DIRECTORY)).kind;
  for (let i = 0; i < 2; i++) {
    clock.advance(8 * HOUR - 1);
    assert.equal(await kind(), 'resolved');
    await lastSeen.flush();
  }
  assert.equal(await kind(fixture.anotherResolver()), 'resolved', 'another process knows of the use');
  assert.equal((await resolver.again(session.metadata.uid, DIRECTORY)).kind, 'resolved');
  clock.advance(2 * HOUR);
  assert.equal((await resolver.again(session.metadata.uid, DIRECTORY)).kind, 'resolved', 'which is no use');
  const idle = { ...DIRECTORY.sessionTermsOf(ALICE), idle: HOUR };
  const strict = new Directory([{ ...ALICE, spec: { ...ALICE.spec, session: { idleDuration: '1h' } } }], [], []);
  assert.equal(idle.idle, strict.sessionTermsOf(strict.users[0]!).idle);
  assert.equal((await resolver.resolve(hash, strict)).kind, 'expired');
  assert.equal((await resolver.again(session.metadata.uid, strict)).kind, 'expired');
});

test('a session that has ended stays so, whoever changes it', async () => {
  const { sessions } = new IdentityFixture();
  const terms = DIRECTORY.sessionTermsOf(ALICE);
  const session = await sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
  await sessions.revoke(session.metadata.uid);
  assert.equal(await sessions.setState(session.metadata.uid, 'PENDING'), null);
  assert.deepEqual(await sessions.list(), []);
});

test('a clock that is set back or forth ends nothing before its end, and brings nothing back', async () => {
  const { sessions, resolver, clock } = new IdentityFixture();
  const begun = clock.now();
  const terms = DIRECTORY.sessionTermsOf(ALICE);
  const session = await sessions.createForSignIn({ user: ALICE, by: DEMO_SIGN_IN, origin, terms });
  const hash = hashHandle(await sessions.addBrowserHandle(session, APP));
  const kinds = async () => [
    (await resolver.resolve(hash, DIRECTORY)).kind,
    (await resolver.again(session.metadata.uid, DIRECTORY)).kind,
  ];
  for (const days of [-1, 1]) {
    clock.step(days * 24 * HOUR);
    assert.deepEqual(await kinds(), ['resolved', 'resolved']);
  }
  assert.equal(resolver.endOf(session.metadata.uid, DIRECTORY), begun + terms.idle);
  clock.step(24 * HOUR);
  assert.deepEqual(await kinds(), ['expired', 'expired']);
  await sessions.sweep();
  clock.advance(2000);
  clock.step(-24 * HOUR);
  assert.deepEqual(await kinds(), ['unknown', 'unknown']);
});
