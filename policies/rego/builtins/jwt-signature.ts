import { constants, createHmac, createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { Lru } from '../../../src/base/lru.ts';
import type { BuiltinError } from '../value.ts';
import { fail } from './builtin.ts';
import type { Token } from './jwt-token.ts';
import { OverWork, type Work } from './work.ts';

/** How a signature of JSON Web Algorithms is verified (RFC 7518, 3.1; RFC 8037). */
interface Algorithm {
  /** `null`: the key says it. */
  readonly hash: string | null;
  readonly key: 'rsa' | 'ec' | 'ed25519';
  readonly options: { readonly padding?: number; readonly saltLength?: number; readonly dsaEncoding?: 'ieee-p1363' };
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
const SIZES = ['256', '384', '512'] as const;

export const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map([
  ...SIZES.map((size): [string, Algorithm] => [`RS${size}`, { hash: `sha${size}`, key: 'rsa', options: {} }]),
  ...SIZES.map((size): [string, Algorithm] => [`PS${size}`, { hash: `sha${size}`, key: 'rsa', options: PSS }]),
  ...SIZES.map((size): [string, Algorithm] => [
    `ES${size}`,
    { hash: `sha${size}`, key: 'ec', options: { dsaEncoding: 'ieee-p1363' } },
  ]),
  ['EdDSA', { hash: null, key: 'ed25519', options: {} }],
]);

export function macOf(text: string, secret: string, algorithm: string): Buffer {
  return createHmac(`sha${algorithm.slice(2)}`, secret)
    .update(text)
    .digest();
}

interface Key {
  readonly id: string | null;
  readonly key: KeyObject;
}

const known = new Lru<string, readonly Key[] | null>(100);

/** UTF-16 units; longer texts of keys are not kept in mind. */
const LONGEST_KNOWN = 20_000;
/** What reading a key takes, and trying one. */
const READING = 2000;
const VERIFYING = 5000;

/**
 * @param keys a PEM certificate or public key, or a JWK or a set of them as JSON
 * @throws OverWork
 */
export function isSigned(token: Token, keys: string, algorithm: string, work: Work): boolean | BuiltinError {
  const all = known.get(keys) ?? readKeys(keys, work);
  if (keys.length <= LONGEST_KNOWN) known.set(keys, all);
  if (all === null) return fail('expected a PEM certificate, a PEM public key or a JWK set');
  const id = token.header.get('kid');
  const named = all.filter((key) => key.id !== null && key.id === id);
  return (named.length > 0 ? named : all).some(({ key }) => {
    work.charge(VERIFYING);
    return verifies(token, key, ALGORITHMS.get(algorithm)!);
  });
}

function verifies({ signed, signature }: Token, key: KeyObject, { hash, key: type, options }: Algorithm): boolean {
  if (key.asymmetricKeyType !== type) return false;
  try {
    return verify(hash, Buffer.from(signed), { key, ...options }, signature);
  } catch {
    return false;
  }
}

function readKeys(text: string, work: Work): readonly Key[] | null {
  work.charge(READING);
  try {
    return text.includes('-----BEGIN') ? [{ id: null, key: readPem(text) }] : readJwks(text, work);
  } catch (thrown) {
    if (thrown instanceof OverWork) throw thrown;
    return null;
  }
}

function readPem(text: string): KeyObject {
  return text.includes('BEGIN CERTIFICATE') ? new X509Certificate(text).publicKey : createPublicKey(text);
}

interface Jwk {
  readonly kid?: string;
  readonly keys?: readonly Jwk[];
}

function readJwks(text: string, work: Work): readonly Key[] {
  const jwk = JSON.parse(text) as Jwk;
  work.charge(READING * (jwk.keys?.length ?? 1));
  return (jwk.keys ?? [jwk]).map((one) => ({
    id: one.kid ?? null,
    key: createPublicKey({ key: one as Record<string, string>, format: 'jwk' }),
  }));
}
