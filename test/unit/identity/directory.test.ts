import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Directory, matchUser } from '../../../identity/directory/directory.ts';
import type { User } from '../../../src/model/index.ts';
import { provider, user } from './fixture.ts';

const EMAIL = 'dana@example.com';
const DEMO = provider('demo', 'https://login.example.com');
const pinned = (identityProvider: string): User =>
  user('dana', { email: EMAIL, authentication: { identities: [{ identityProvider, identifier: 'dana-1' }] } });

function match(users: readonly User[], identifier: string): string {
  const found = matchUser(new Directory(users, [], []), DEMO, { identifier, verifiedEmail: EMAIL });
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
