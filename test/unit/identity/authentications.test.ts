import assert from 'node:assert/strict';
import { test } from 'node:test';
import { raisedBy } from '../../../identity/factors/step-up.ts';
import { sessionTerms } from '../../../identity/sessions/lifetime.ts';
import { ALICE, credential, DEMO_SIGN_IN, IdentityFixture, ROBOT } from './fixture.ts';

const { sessions, clock } = new IdentityFixture();
const origin = { address: '192.0.2.7', userAgent: null };
const begun = await sessions.createForSignIn({
  user: ALICE,
  by: { ...DEMO_SIGN_IN, aal: 'AAL1' },
  origin,
  terms: sessionTerms(ALICE, undefined),
});
const later = (minutes: number) => clock.now() + minutes * 60_000;

test('a second factor is one more authentication; how the session began, and what counted before, stay known', () => {
  const { authentication: first } = begun.status;
  const once = raisedBy(begun, { type: 'TOTP', name: 'alice-x7k2p9' }, later(1));
  const twice = raisedBy(once, { type: 'RECOVERY_CODE', name: null }, later(2));
  assert.equal(begun.status.totalAuthentications, 1);
  assert.deepEqual(once.status.authentication.info.authenticator, {
    type: 'TOTP',
    authenticatorRef: { name: 'alice-x7k2p9' },
  });
  assert.deepEqual(twice.status.initialAuthentication, first);
  assert.deepEqual(twice.status.lastAuthentications, [once.status.authentication, first]);
  assert.equal(twice.status.totalAuthentications, 3);
});

test('of many authentications the last ten are kept', () => {
  let session = begun;
  for (let n = 1; n <= 30; n++) session = raisedBy(session, { type: 'TOTP', name: 'alice-x7k2p9' }, later(n));
  const kept = session.status.lastAuthentications?.map(({ setAt }) => Date.parse(setAt));
  assert.deepEqual(
    kept,
    Array.from({ length: 10 }, (_, i) => later(29 - i)),
  );
  assert.equal(session.status.totalAuthentications, 31);
  assert.deepEqual(session.status.initialAuthentication, begun.status.authentication);
});

test('a session of a Credential names it and its type', async () => {
  const session = await sessions.createForCredential(credential('ci', 'robot'), ROBOT, later(1));
  assert.deepEqual(session.status.authentication.info, {
    type: 'CREDENTIAL',
    credential: { credentialRef: session.status.credentialRef, type: 'ACCESS_TOKEN' },
  });
});
