import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { decodeJwt, jwtVerify } from 'jose';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { signedJwt } from '../../../src/credentials/signed-jwt.ts';
import type { SignedJwt } from '../../../src/model/index.ts';
import { TestClock } from '../../support/test-clock.ts';
import { exchangeWith } from '../upstream/support.ts';
import { credentialDeps } from './support.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const KEYS = {
  HS256: '0123456789abcdef0123456789abcdef',
  RS256: String(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem)),
  ES256: String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pem)),
  EDDSA: String(generateKeyPairSync('ed25519').privateKey.export(pem)),
};

type Algorithm = keyof typeof KEYS;

function settings(algorithm: Algorithm, more: Partial<SignedJwt> = {}): SignedJwt {
  return { algorithm, key: { fromSecret: 'k' }, issuer: 'gate', subject: 'robot', audience: 'api', ...more };
}

function holding(value: string, version = 1) {
  const headers = HeaderList.from([['authorization', 'Bearer client']]);
  return exchangeWith({ headers }, { open: () => new SecretValue(value), version: () => version });
}

for (const algorithm of Object.keys(KEYS) as Algorithm[]) {
  test(`${algorithm}: a verifier takes it, and the client's own header is gone`, async () => {
    const x = holding(KEYS[algorithm]);
    const { inject } = signedJwt(settings(algorithm, { keyID: 'k1', lifetime: '1m' }), credentialDeps());
    assert.equal(inject!(x), null);
    const [value = '', ...more] = x.outgoing!.headers.all('authorization');
    assert.equal(more.length, 0);
    const key = algorithm === 'HS256' ? Buffer.from(KEYS.HS256) : createPublicKey(KEYS[algorithm]);
    const demands = { issuer: 'gate', audience: 'api', subject: 'robot', requiredClaims: ['iat', 'exp'] };
    const { payload, protectedHeader } = await jwtVerify(value.replace('Bearer ', ''), key, demands);
    assert.deepEqual(protectedHeader, { alg: algorithm === 'EDDSA' ? 'EdDSA' : algorithm, kid: 'k1', typ: 'JWT' });
    assert.equal(payload.exp! - payload.iat!, 60);
  });
}

test('one is sent until four fifths of its life, and another when clock or key change', () => {
  const clock = new TestClock();
  const { inject } = signedJwt(settings('EDDSA', { header: 'X-Robot' }), credentialDeps({ clock }));
  const next = (key: string = KEYS.EDDSA, version = 1) => {
    const x = holding(key, version);
    assert.equal(inject!(x), null);
    return x.outgoing!.headers.get('x-robot') ?? '';
  };
  const first = next();
  clock.advance(239_000);
  assert.equal(next(), first);
  clock.advance(1_000);
  const second = next();
  assert.equal(decodeJwt(second).iat! - decodeJwt(first).iat!, 240);
  clock.step(-3_600_000);
  assert.notEqual(next(), second);
  assert.notEqual(next(KEYS.EDDSA, 2), '');
});

const small = String(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem));
const another = String(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(pem));
const publicKey = String(createPublicKey(KEYS.RS256).export({ type: 'spki', format: 'pem' }));

const UNFIT: readonly (readonly [algorithm: Algorithm, key: string, why: RegExp])[] = [
  ['HS256', 'short', /less than the 32 bytes/],
  ['HS256', publicKey, /key in PEM/],
  ['HS256', '', /is empty/],
  ['RS256', KEYS.HS256, /not a private key/],
  ['RS256', publicKey, /not a private key/],
  ['RS256', small, /less than 2048 bits/],
  ['RS256', KEYS.ES256, /no RSA key/],
  ['ES256', another, /no key on P-256/],
  ['EDDSA', KEYS.ES256, /no Ed25519 key/],
];

for (const [algorithm, key, why] of UNFIT) {
  test(`${algorithm}: a Secret that ${why.source} refuses, and is not told`, () => {
    const x = holding(key);
    const outcome = inspect(signedJwt(settings(algorithm), credentialDeps()).inject!(x));
    assert.match(outcome, /credential-unavailable/);
    assert.match(outcome, why);
    assert.doesNotMatch(outcome, /BEGIN|short'|0123/);
  });
}

test('a lifetime or a header that cannot be is refused when compiled', () => {
  for (const lifetime of ['9s', '2h']) {
    assert.throws(() => signedJwt(settings('HS256', { lifetime }), credentialDeps()), /from 10s to 1h/);
  }
  assert.throws(() => signedJwt(settings('HS256', { header: 'Host' }), credentialDeps()), /cannot be sent/);
});
