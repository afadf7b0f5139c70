import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { clientAuthentication } from '../../../identity/oidc/client-authentication.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { OidcProvider } from '../../../src/model/index.ts';

const ISSUER = 'https://login.example.com';
const OIDC: OidcProvider = { issuerURL: ISSUER, clientID: 'ostiary' };

async function shown(oidc: Partial<OidcProvider>, secret: string, server: object = {}) {
  const authenticate = clientAuthentication({ ...OIDC, ...oidc }, () => new SecretValue(secret));
  const [body, headers] = [new URLSearchParams(), new Headers()];
  await authenticate({ issuer: ISSUER, ...server }, { client_id: 'ostiary' }, body, headers);
  return { body, authorization: headers.get('authorization') };
}

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Keys, what the provider says that it takes, and how it is signed then. */
const KEYS: Readonly<
  Record<string, [pair: { privateKey: KeyObject; publicKey: KeyObject }, server: object, alg: RegExp]>
> = {
  'an RSA key': [rsa, {}, /^RS256$/],
  'an RSA key, for a provider that takes PS256 alone': [
    rsa,
    { token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256'] },
    /^PS256$/,
  ],
  'a P-256 key': [generateKeyPairSync('ec', { namedCurve: 'P-256' }), {}, /^ES256$/],
  'a P-384 key': [generateKeyPairSync('ec', { namedCurve: 'P-384' }), {}, /^ES384$/],
  'an Ed25519 key': [generateKeyPairSync('ed25519'), {}, /^(Ed25519|EdDSA)$/],
};

for (const [name, [{ privateKey, publicKey }, server, alg]] of Object.entries(KEYS)) {
  test(`private_key_jwt with ${name} is signed for the issuer, with the id of the key`, async () => {
    const { body } = await shown({ privateKey: { fromSecret: 'key', keyID: 'k1' } }, pem(privateKey), server);
    const assertion = body.get('client_assertion')!;
    assert.match(decodeProtectedHeader(assertion).alg ?? '', alg);
    assert.equal(decodeProtectedHeader(assertion).kid, 'k1');
    const { payload } = await jwtVerify(assertion, publicKey);
    assert.deepEqual([payload.iss, payload.sub], ['ostiary', 'ostiary']);
    assert.ok([payload.aud].flat().includes(ISSUER));
    assert.equal(body.get('client_secret'), null);
  });
}

test('what is no private key is said to be none, without quoting it', async () => {
  const dsa = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 });
  for (const text of ['hunter2', pem(dsa.privateKey)]) {
    await assert.rejects(shown({ privateKey: { fromSecret: 'key' } }, text), (thrown: Error) => {
      assert.match(thrown.message, /no usable key/);
      return !thrown.message.includes(text);
    });
  }
});

test('a stated method is used whatever the provider says', async () => {
  const clientSecret = { fromSecret: 's' };
  const server = { token_endpoint_auth_methods_supported: ['client_secret_basic'] };
  const post = await shown({ clientSecret, clientAuthentication: 'client_secret_post' }, 'hunter2', server);
  assert.deepEqual([post.body.get('client_secret'), post.authorization], ['hunter2', null]);
  const basic = await shown({ clientSecret }, 'hunter2', server);
  assert.deepEqual([basic.body.get('client_secret'), basic.authorization?.startsWith('Basic ')], [null, true]);
});
