import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory } from '../../../identity/directory/directory.ts';
import { matchUser } from '../../../identity/directory/match-user.ts';
import type { User } from '../../../src/model/index.ts';
import { provider, user } from './fixture.ts';

const EMAIL = 'dana@example.com';
const DEMO = provider('demo', 'https://login.example.com');
const pinned = (identityProvider: string): User =>
  user('dana', { email: EMAIL, authentication: { identities: [{ identityProvider, identifier: 'dana-1' }] } });

function match(users: readonly User[], identifier: string): string {
  const found = matchUser(new Directory(users, [], []), DEMO, {
    issuer: 'https://idp',
    subject: identifier,
    identifier,
    verifiedEmail: EMAIL,
  });
  return found.kind === 'found' ? found.user.metadata.name : found.kind;
}

test("whoever got a pinned user's e-mail address at the same provider is not that user", () => {
  assert.equal(match([pinned('demo')], 'dana-1'), 'dana');
  assert.equal(match([pinned('demo')], 'somebody-else'), 'none');
});

test('an identity at another provider leaves the e-mail address as it is', () => {
  assert.equal(match([pinned('other')], 'somebody-else'), 'dana');
});

test('a pinned user does not make the address of another user ambiguous', () => {
  assert.equal(match([pinned('demo'), user('new-dana', { email: EMAIL })], 'somebody-else'), 'new-dana');
});

const STATED = { identityProvider: 'demo', identifier: 'ann' };
const PINNED = user('pinned', {
  authentication: { identities: [{ ...STATED, issuer: 'https://idp', subject: '1' }] },
});

function matchPinned(subject: string, identifier: string, issuer = 'https://idp', users = [PINNED]) {
  const identity = { issuer, subject, identifier, verifiedEmail: EMAIL };
  const found = matchUser(new Directory(users, [], []), DEMO, identity);
  return found.kind === 'found' ? found.user.metadata.name : found.kind;
}

test('whoever states issuer and subject is found by them, whatever the identifier has become', () => {
  assert.equal(matchPinned('1', 'ann'), 'pinned');
  assert.equal(matchPinned('1', 'ann.married'), 'pinned');
});

test('an identifier that was given to somebody else finds nobody, and no address makes up for it', () => {
  const byEmail = user('by-email', { email: EMAIL });
  assert.equal(matchPinned('2', 'ann', 'https://idp', [PINNED, byEmail]), 'other-subject');
  assert.equal(matchPinned('1', 'ann', 'https://evil'), 'other-subject');
  const issuerOnly = user('issuer-only', { authentication: { identities: [{ ...STATED, issuer: 'https://idp' }] } });
  assert.equal(matchPinned('9', 'ann', 'https://idp', [issuerOnly]), 'issuer-only');
  assert.equal(matchPinned('9', 'ann', 'https://evil', [issuerOnly]), 'other-subject');
});
