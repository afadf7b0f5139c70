import { sign } from 'node:crypto';
import { JOSE_NAMES, type SigningKey } from './signing-key.ts';

/** A signed JWT in compact form (RFC 7515 7.1). @param typ what it is, so that one kind cannot pass for another */
export function signJwt(key: SigningKey, typ: string, claims: Readonly<Record<string, unknown>>): string {
  const { algorithm, kid, privateKey } = key;
  const input = `${encoded({ alg: JOSE_NAMES[algorithm], kid, typ })}.${encoded(claims)}`;
  const hash = algorithm === 'EDDSA' ? null : 'sha256';
  // RFC 7518 3.4: R and S beside each other, which is what P1363 calls it; no effect on Ed25519.
  const signature = sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
