import { hash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { newAccessToken } from '../../../identity/tokens/access-token-format.ts';
import type { IdentityLayer } from '../../../src/main/identity.ts';
import type { Asker } from './askers.ts';
import { type Ask, HOST } from './kernel.ts';
import { ROBOT } from './layer.ts';

/** Requests that are under way at once, as they are on many connections. */
const AT_ONCE = 16;
const ADDRESS = `https://${HOST}/v1/items`;

/** A token that is bound to a key: each request has a proof of its own, made before the time is taken. */
export async function dpopAsker({ sessions }: IdentityLayer, ask: Ask): Promise<Asker> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const confirmation = { jkt: await calculateJwkThumbprint(jwk) };
  const facts = { user: ROBOT, by: { type: 'CREDENTIAL' }, credential: null, origin: null, confirmation } as const;
  const session = await sessions.createForToken(facts, Date.now() + 3_600_000);
  const token = newAccessToken();
  await sessions.addTokenHandle(session, 'oauth2-token', token);
  const ath = hash('sha256', token, 'base64url');
  const proof = () =>
    new SignJWT({ jti: randomUUID(), htm: 'GET', htu: ADDRESS, iat: Math.floor(Date.now() / 1000), ath })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(privateKey);
  let proofs: string[] = [];
  const prepare = async () => {
    proofs = await Promise.all(Array.from({ length: AT_ONCE }, proof));
  };
  const batch = async () => {
    await Promise.all(proofs.map((dpop) => ask(['authorization', `DPoP ${token}`, 'dpop', dpop])));
    return proofs.length;
  };
  return { name: `DPoP, ${AT_ONCE} at once`, prepare, batch };
}
