import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIdentity } from '../../../identity/oidc/provider-identity.ts';
import type { OidcProvider } from '../../../src/model/index.ts';

const oidc = (more: Partial<OidcProvider> = {}): OidcProvider => ({
  clientID: 'c',
  clientSecret: { fromSecret: 's' },
  issuerURL: 'https://issuer.example.com',
  ...more,
});
const claims = { sub: 'u-1', email: 'Alice@Example.com', email_verified: true, login: 'alice' };

test('the subject identifies, and a verified e-mail address comes with it in lower case', () => {
  const identity = { kind: 'read', identifier: 'u-1', verifiedEmail: 'alice@example.com' };
  assert.deepEqual(readIdentity(claims, oidc()), identity);
});

test('another claim may identify', () => {
  const reading = readIdentity(claims, oidc({ identifierClaim: 'login' }));
  assert.equal(reading.kind === 'read' && reading.identifier, 'alice');
});

test('an e-mail address counts only when the provider vouches for it, or need not', () => {
  const verified = (given: object, more = {}) => {
    const reading = readIdentity({ sub: 'u', ...given }, oidc(more));
    return reading.kind === 'read' ? reading.verifiedEmail : reading.code;
  };
  assert.equal(verified({ email: 'a@b.c' }), null);
  assert.equal(verified({ email: 'a@b.c', email_verified: false }), null);
  assert.equal(verified({ email: 'a@b.c', email_verified: 'true' }), null);
  assert.equal(verified({ email: 'a@b.c' }, { checkEmailVerified: false }), 'a@b.c');
});

test('an address without exactly one @ is none', () => {
  for (const email of ['a', '@', 'a@', '@b', 'a@b@c', 'a@evil.com@example.com', '', 7, null, ['a@b.c']]) {
    const reading = readIdentity({ sub: 'u', email, email_verified: true }, oidc());
    assert.equal(reading.kind === 'read' && reading.verifiedEmail, null);
  }
});

test('an e-mail address that identifies must be verified', () => {
  const byEmail = oidc({ identifierClaim: 'email' });
  const reading = readIdentity(claims, byEmail);
  assert.equal(reading.kind === 'read' && reading.identifier, 'alice@example.com');
  const unverified = readIdentity({ ...claims, email_verified: false }, byEmail);
  assert.equal(unverified.kind === 'refused' && unverified.code, 'email-unverified');
});

test('a claim that is missing, empty, no text, inherited or endless identifies nobody', () => {
  for (const given of [{}, { login: '' }, { login: 7 }, { login: ['alice'] }, { login: 'x'.repeat(513) }]) {
    const reading = readIdentity({ sub: 'u', ...given }, oidc({ identifierClaim: 'login' }));
    assert.equal(reading.kind === 'refused' && reading.code, 'identifier-missing');
  }
  const inherited = readIdentity({ sub: 'u' }, oidc({ identifierClaim: 'toString' }));
  assert.equal(inherited.kind, 'refused');
});
