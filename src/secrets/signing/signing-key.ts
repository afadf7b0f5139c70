import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

export const SIGNING_ALGORITHMS = ['EDDSA', 'ES256'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A private key as plain data: for the sealed ring, and for the processes that sign. Times are milliseconds. */
export interface SigningKeyData {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly createdAt: number;
  /** Until then it is only published. */
  readonly signsFrom: number;
  /** PKCS #8. */
  readonly privateKey: Uint8Array;
}

/** A key that can be used. As a `KeyObject` it does not print its bytes. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** RFC 7517, the public part alone. */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: 'sig';
}

/** As JOSE headers spell them: RFC 8037 3.1, RFC 7518 3.4. */
export const JOSE_NAMES: Readonly<Record<SigningAlgorithm, string>> = { EDDSA: 'EdDSA', ES256: 'ES256' };

export function newSigningKey(algorithm: SigningAlgorithm, createdAt: number, signsFrom: number): SigningKeyData {
  const { privateKey } =
    algorithm === 'EDDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kid } = publicJwkOf(privateKey, algorithm);
  return { kid, algorithm, createdAt, signsFrom, privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) };
}

/** @throws Error when the bytes are no key. */
export function openSigningKey({ algorithm, privateKey: bytes }: SigningKeyData): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' });
  const publicJwk = publicJwkOf(privateKey, algorithm);
  return { kid: publicJwk.kid, algorithm, privateKey, publicJwk };
}

function publicJwkOf(privateKey: KeyObject, algorithm: SigningAlgorithm): PublicJwk {
  const { kty = '', crv = '', x = '', y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const point = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  return { ...point, kid: thumbprint(point), alg: JOSE_NAMES[algorithm], use: 'sig' };
}

/** RFC 7638 3: the required members alone, in the order of their names. */
function thumbprint(point: { readonly crv: string; readonly kty: string; readonly x: string }): string {
  return createHash('sha256').update(JSON.stringify(point)).digest('base64url');
}
