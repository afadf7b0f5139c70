import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Credential } from '../../../src/model/index.ts';
import { client, OAuth2World, said } from './oauth2-world.ts';

const CC = { grant_type: 'client_credentials' };
const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};
const TOKEN_URL = 'https://ostiary.localhost/oauth2/token';
const API_URL = 'https://api.ostiary.localhost/v1/x';

interface Proof {
  readonly htm?: string;
  readonly htu?: string;
  readonly ath?: string | undefined;
  readonly header?: object;
  readonly claims?: object;
}

class BoundWorld extends OAuth2World {
  readonly #key: Awaited<ReturnType<typeof generateKeyPair>>;
  readonly jwk: JWK;

  constructor(key: Awaited<ReturnType<typeof generateKeyPair>>, jwk: JWK) {
    super();
    this.#key = key;
    this.jwk = jwk;
  }

  static async with(spec: Partial<Credential['spec']> = {}): Promise<BoundWorld> {
    const key = await generateKeyPair('ES256', { extractable: true });
    const world = new BoundWorld(key, await exportJWK(key.publicKey));
    world.state([client('ci', spec)]);
    return world;
  }

  async proof({ htm = 'POST', htu = TOKEN_URL, ath, header = {}, claims = {} }: Proof = {}): Promise<string> {
    const iat = Math.floor(this.clock.now() / 1000);
    const payload = { jti: crypto.randomUUID(), htm, htu, iat, ...(ath === undefined ? {} : { ath }), ...claims };
    return new SignJWT(payload)
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: this.jwk, ...header })
      .sign(this.#key.privateKey);
  }

  /** For a request of a Service. */
  async proofFor(token: string, more: Proof = {}): Promise<string> {
    return this.proof({ htm: 'GET', htu: API_URL, ath: hash('sha256', token, 'base64url'), ...more });
  }

  async bound(): Promise<string> {
    const { status, value } = await this.token({ ...CC, ...(await this.client()) }, { dpop: await this.proof() });
    assert.deepEqual([status, value.token_type], [200, 'DPoP'], JSON.stringify(value));
    return String(value.access_token);
  }

  /** Who shows these headers, or why nobody does. */
  async asks(headers: readonly (readonly [string, string])[], certificate: string | null = null): Promise<string> {
    const request = {
      method: 'GET',
      scheme: 'https',
      host: 'api.ostiary.localhost',
      authority: 'api.ostiary.localhost',
      path: '/v1/x',
      headers: HeaderList.from(headers.map(([name, value]) => [name, value])),
      tls: { clientCertificate: certificate === null ? null : { fingerprint: certificate } },
    } as const;
    const given = await this.identify(request, this.config.directory);
    if (given.kind === 'identified') return given.principal.user?.metadata.name ?? 'nobody';
    return given.kind === 'rejected' ? `${given.reason}: ${given.detail}` : given.kind;
  }
}

test('a token that was asked for with a proof is good with proofs of that key only', async () => {
  const world = await BoundWorld.with();
  const token = await world.bound();
  const shown = ['authorization', `DPoP ${token}`] as const;
  const proof = await world.proofFor(token);
  assert.equal(await world.asks([shown, ['dpop', proof]]), 'robot');
  assert.match(await world.asks([shown, ['dpop', proof]]), /shown before/);
  assert.match(await world.asks([shown]), /there is no proof/);
  assert.match(await world.asks([['authorization', `Bearer ${token}`]]), /as if it were not/);
  const bearer = ['authorization', `Bearer ${token}`] as const;
  assert.match(await world.asks([bearer, ['dpop', await world.proofFor(token)]]), /as if it were not/);
  assert.match(await world.asks([['x-ostiary-auth', token]]), /there is no proof/);
  assert.equal(
    await world.asks([
      ['x-ostiary-auth', token],
      ['dpop', await world.proofFor(token)],
    ]),
    'robot',
  );
});

const PROOFS: readonly (readonly [what: string, more: Proof, detail: RegExp])[] = [
  ['another method', { htm: 'POST' }, /another method/],
  ['another path', { htu: 'https://api.ostiary.localhost/v1/y' }, /another address/],
  ['another host', { htu: 'https://wiki.ostiary.localhost/v1/x' }, /another address/],
  ['plain HTTP', { htu: 'http://api.ostiary.localhost/v1/x' }, /another address/],
  ['no address', { claims: { htu: 7 } }, /another address/],
  ['another token', { ath: 'x' }, /another token/],
  ['no token', { ath: undefined }, /another token/],
  ['too old', { claims: { iat: 0 } }, /not made just now/],
  ['from the future', { claims: { iat: 9_999_999_999 } }, /iat|not made just now/],
  ['without a jti', { claims: { jti: '' } }, /jti/],
  ['with a huge jti', { claims: { jti: 'x'.repeat(300) } }, /jti/],
  ['of another type', { header: { typ: 'jwt' } }, /typ/],
  ['without a key', { header: { jwk: undefined } }, /jwk|JSON/i],
];

for (const [what, more, detail] of PROOFS) {
  test(`a proof that is ${what} is refused`, async () => {
    const world = await BoundWorld.with();
    const token = await world.bound();
    const proof = await world.proofFor(token, more);
    assert.match(
      await world.asks([
        ['authorization', `DPoP ${token}`],
        ['dpop', proof],
      ]),
      detail,
    );
  });
}

test('a proof of another key, two proofs, and what is no proof are refused', async () => {
  const world = await BoundWorld.with();
  const other = await BoundWorld.with();
  const token = await world.bound();
  const shown = ['authorization', `DPoP ${token}`] as const;
  assert.match(await world.asks([shown, ['dpop', await other.proofFor(token)]]), /another key/);
  const two = [shown, ['dpop', await world.proofFor(token)], ['dpop', await world.proofFor(token)]] as const;
  assert.match(await world.asks(two), /two proofs/);
  assert.match(await world.asks([shown, ['dpop', 'x']]), /^token-invalid/);
  assert.match(await world.asks([shown, ['dpop', 'x'.repeat(9000)]]), /too long/);
  const stolen = await world.proofFor(token, { header: { jwk: other.jwk } });
  assert.match(await world.asks([shown, ['dpop', stolen]]), /signature/);
});

test('query and the scheme’s own port make no difference', async () => {
  const world = await BoundWorld.with();
  const token = await world.bound();
  const shown = ['authorization', `DPoP ${token}`] as const;
  for (const htu of [`${API_URL}?a=b#c`, 'https://API.ostiary.localhost:443/v1/x']) {
    assert.equal(await world.asks([shown, ['dpop', await world.proofFor(token, { htu })]]), 'robot', htu);
  }
});

test('a token that is not bound is no DPoP token', async () => {
  const world = await BoundWorld.with();
  const token = await world.accessToken(await world.client());
  const headers = [
    ['authorization', `DPoP ${token}`],
    ['dpop', await world.proofFor(token)],
  ] as const;
  assert.match(await world.asks(headers), /not bound/);
});

test('the token endpoint takes a proof once, and only one that was made for it', async () => {
  const world = await BoundWorld.with();
  const shown = await world.client();
  const asks = async (dpop: string) => said(await world.token({ ...CC, ...shown }, { dpop }));
  const proof = await world.proof();
  assert.deepEqual([await asks(proof), await asks(proof)], ['200 ok', '400 invalid_dpop_proof']);
  assert.equal(await asks(await world.proof({ htu: API_URL })), '400 invalid_dpop_proof');
  assert.equal(await asks('x'), '400 invalid_dpop_proof');
});

test('a Credential may demand a proof', async () => {
  const world = await BoundWorld.with({ senderConstraint: 'DPOP' });
  const shown = await world.client();
  assert.equal(said(await world.token({ ...CC, ...shown })), '400 invalid_dpop_proof');
  assert.equal((await world.token({ ...CC, ...shown }, { dpop: await world.proof() })).status, 200);
});

test('a bound token is exchanged by the holder of its key only, for one that is bound too', async () => {
  const world = await BoundWorld.with();
  const other = await BoundWorld.with();
  const form = { ...EXCHANGE, subject_token: await world.bound() };
  assert.equal(said(await world.token(form)), '400 invalid_dpop_proof');
  assert.equal(said(await world.token(form, { dpop: await other.proof() })), '400 invalid_dpop_proof');
  const { status, value } = await world.token(form, { dpop: await world.proof() });
  assert.deepEqual([status, value.token_type], [200, 'DPoP']);
  assert.match(await world.asks([['authorization', `Bearer ${value.access_token}`]]), /as if it were not/);
});

test('a token that is bound to a certificate is good with that certificate only', async () => {
  const world = await BoundWorld.with({ senderConstraint: 'CERTIFICATE' });
  const shown = await world.client();
  assert.equal(said(await world.token({ ...CC, ...shown })), '400 invalid_request');
  const fingerprint = hash('sha256', 'a certificate', 'hex');
  world.tls = { clientCertificate: { fingerprint } };
  const token = await world.accessToken(shown);
  const bearer = [['authorization', `Bearer ${token}`]] as const;
  assert.equal(await world.asks(bearer, fingerprint), 'robot');
  assert.match(await world.asks(bearer, hash('sha256', 'another', 'hex')), /another client certificate/);
  assert.match(await world.asks(bearer), /another client certificate/);
  const { value } = await world.post('/oauth2/introspect', { token, ...shown });
  assert.deepEqual(value.cnf, { 'x5t#S256': hash('sha256', 'a certificate', 'base64url') });
  world.tls = { clientCertificate: { fingerprint: hash('sha256', 'another', 'hex') } };
  assert.equal(said(await world.token({ ...EXCHANGE, subject_token: token })), '400 invalid_request');
});

test('a bound token is good for nothing where the request is not known', async () => {
  const world = await BoundWorld.with();
  const token = await world.bound();
  const headers = HeaderList.from([
    ['x-ostiary-auth', token],
    ['dpop', await world.proofFor(token)],
  ]);
  const given = await world.identify({ host: 'a.example', scheme: 'https', headers }, world.config.directory);
  assert.equal(given.kind, 'rejected');
});
