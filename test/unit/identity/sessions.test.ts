import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sessionLifetime } from '../../../identity/sessions/lifetime.ts';
import type { ClusterConfig } from '../../../src/model/index.ts';
import { ALICE, APP, BOB, IdentityFixture, user, WIKI } from './fixture.ts';

const HOUR = 3_600_000;
const CLUSTER: ClusterConfig = {
  kind: 'ClusterConfig',
  metadata: { name: 'default' },
  spec: { session: { human: { clientlessDuration: '8h' }, workload: { clientlessDuration: { days: 2 } } } },
};

test('a session lives as long as the User says, then the cluster, then the default', () => {
  const stated = user('u', { session: { clientlessDuration: { hours: 1 } } });
  assert.equal(sessionLifetime(stated, CLUSTER), HOUR);
  assert.equal(sessionLifetime(user('u'), CLUSTER), 8 * HOUR);
  assert.equal(sessionLifetime(user('u', { type: 'WORKLOAD' }), CLUSTER), 48 * HOUR);
  assert.equal(sessionLifetime(user('u'), null), 21 * HOUR);
  assert.equal(sessionLifetime(user('u', { type: 'WORKLOAD' }), null), 90 * 24 * HOUR);
});

const origin = { address: '192.0.2.7', userAgent: 'A browser' };

test('a session of a sign-in says who, when, from where and for how long', async () => {
  const { sessions, clock } = new IdentityFixture();
  const session = await sessions.createForSignIn({ user: ALICE, provider: 'demo', origin, clusterConfig: CLUSTER });
  const now = new Date(clock.now()).toISOString();
  assert.match(session.metadata.name, /^alice-[a-z0-9]{6}$/);
  assert.equal(session.metadata.createdAt, now);
  assert.deepEqual(session.spec, { state: 'ACTIVE', expiresAt: new Date(clock.now() + 8 * HOUR).toISOString() });
  assert.deepEqual(session.status, {
    type: 'CLIENTLESS',
    isBrowser: true,
    userRef: { name: 'alice' },
    authentication: {
      setAt: now,
      info: {
        type: 'IDENTITY_PROVIDER',
        identityProvider: { identityProviderRef: { name: 'demo' } },
        downstream: { ipAddress: '192.0.2.7', userAgent: 'A browser' },
      },
    },
  });
});

test('a user agent of any length fits', async () => {
  const { sessions } = new IdentityFixture();
  const long = { ...origin, userAgent: 'x'.repeat(100_000) };
  const session = await sessions.createForSignIn({ user: ALICE, provider: 'demo', origin: long, clusterConfig: null });
  assert.equal(session.status.authentication.info.downstream?.userAgent?.length, 512);
});

test('sessions are listed for everybody or for one, without the expired ones', async () => {
  const { sessions, clock } = new IdentityFixture();
  const signIn = (of: typeof ALICE) =>
    sessions.createForSignIn({ user: of, provider: 'demo', origin, clusterConfig: null });
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
    const session = await sessions.createForSignIn({ user: ALICE, provider: 'demo', origin, clusterConfig: null });
    await sessions.addBrowserHandle(session, APP);
    await sessions.addBrowserHandle(session, WIKI);
    assert.equal(await sessions.revoke(session.metadata[key]), session);
    assert.equal(store.sessionRows.size + store.handleRows.size, 0);
    assert.equal(await sessions.revoke(session.metadata[key]), null);
  }
});
