import { createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { durationMs } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';
import type { Refusal } from '../gateway/outcome.ts';
import type { Plugin } from '../gateway/plugin.ts';
import type { SignedJwt } from '../model/index.ts';
import type { CredentialDeps } from './deps.ts';
import { headerName } from './header-name.ts';
import { madeOnce, openText, unusable } from './secret-text.ts';

type Algorithm = SignedJwt['algorithm'];

/** Signs the text of a JWS (RFC 7515 5.1). */
type Sign = (input: string) => Buffer;

/** As JOSE headers spell them. */
const JOSE_NAMES: Readonly<Record<Algorithm, string>> = {
  HS256: 'HS256',
  RS256: 'RS256',
  ES256: 'ES256',
  EDDSA: 'EdDSA',
};

const SHORTEST_MS = 10_000;
const LONGEST_MS = 3_600_000;
const USUAL_MS = 5 * 60_000;
/** RFC 7518 3.2 and 3.3. */
const LEAST_SECRET_BYTES = 32;
const LEAST_RSA_BITS = 2048;

/**
 * A JWT that says what is configured, signed with the key of a Secret. One is sent with all requests for four fifths of
 * its life.
 * @throws AppError `invalid` for a header or a lifetime that cannot be
 */
export function signedJwt(settings: SignedJwt, { clock }: CredentialDeps): Plugin {
  const { key, header } = settings;
  const lifetimeMs = lifetimeOf(settings);
  const name = headerName(header ?? 'authorization');
  const prefix = header === undefined ? 'Bearer ' : '';
  const signerOf = madeOnce(key.fromSecret, (secrets) => {
    const opened = openText(secrets, key.fromSecret);
    return typeof opened === 'string' ? jwtSigner(settings, opened, lifetimeMs, clock) : opened;
  });
  return {
    inject: (x) => {
      const signer = signerOf(x.snapshot.secrets);
      if (typeof signer !== 'function') return signer;
      x.outgoing!.headers.set(name, `${prefix}${signer()}`);
      return null;
    },
  };
}

function lifetimeOf({ lifetime }: SignedJwt): number {
  const ms = lifetime === undefined ? USUAL_MS : durationMs(lifetime);
  if (ms !== null && ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
  throw new AppError('invalid', 'the lifetime of a signed JWT is from 10s to 1h');
}

function jwtSigner(settings: SignedJwt, secret: string, lifetimeMs: number, clock: Clock): (() => string) | Refusal {
  const { algorithm, keyID, issuer, subject, audience, key } = settings;
  const signed = signerFor(algorithm, secret);
  if (typeof signed === 'string') return unusable(key.fromSecret, signed);
  const head = encoded({ alg: JOSE_NAMES[algorithm], ...(keyID !== undefined && { kid: keyID }), typ: 'JWT' });
  let made = { token: '', from: Number.POSITIVE_INFINITY, until: 0 };
  return () => {
    const now = clock.now();
    if (now >= made.from && now < made.until) return made.token;
    const iat = Math.floor(now / 1000);
    const claims = encoded({ iss: issuer, sub: subject, aud: audience, iat, exp: iat + Math.floor(lifetimeMs / 1000) });
    const token = `${head}.${claims}.${signed(`${head}.${claims}`).toString('base64url')}`;
    made = { token, from: now, until: now + lifetimeMs * 0.8 };
    return token;
  };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Or why the key is none for this algorithm. */
function signerFor(algorithm: Algorithm, secret: string): Sign | string {
  if (algorithm === 'HS256') return hmacSigner(secret);
  const key = privateKeyOf(secret);
  if (key === null) return 'is not a private key in PEM';
  const because = MISFITS[algorithm](key);
  if (because !== null) return because;
  const hash = algorithm === 'EDDSA' ? null : 'sha256';
  // RFC 7518 3.4: R and S beside each other; no effect on other keys.
  return (input) => sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

function hmacSigner(secret: string): Sign | string {
  if (Buffer.byteLength(secret) < LEAST_SECRET_BYTES) return `has less than the ${LEAST_SECRET_BYTES} bytes of HS256`;
  // A public key is no secret, and a private one does not belong into an HMAC.
  if (secret.includes('-----BEGIN ')) return 'is a key in PEM, which HS256 has no use for';
  return (input) => createHmac('sha256', secret).update(input).digest();
}

function privateKeyOf(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

const MISFITS: Readonly<Record<Exclude<Algorithm, 'HS256'>, (key: KeyObject) => string | null>> = {
  RS256: ({ asymmetricKeyType, asymmetricKeyDetails }) => {
    if (asymmetricKeyType !== 'rsa') return 'is no RSA key';
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < LEAST_RSA_BITS ? `is an RSA key of less than ${LEAST_RSA_BITS} bits` : null;
  },
  ES256: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1' ? null : 'is no key on P-256',
  EDDSA: ({ asymmetricKeyType }) => (asymmetricKeyType === 'ed25519' ? null : 'is no Ed25519 key'),
};
