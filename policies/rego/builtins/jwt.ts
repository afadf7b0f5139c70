import { timingSafeEqual } from 'node:crypto';
import { BuiltinError, type BuiltinResult, isObject, type RegoObject, type RegoValue } from '../value.ts';
import { type BuiltinCall, define, fail } from './builtin.ts';
import { isValidFor } from './jwt-claims.ts';
import { ALGORITHMS, isSigned, macOf } from './jwt-signature.ts';
import { readToken, type Token } from './jwt-token.ts';
import type { Work } from './work.ts';

const MACS = ['HS256', 'HS384', 'HS512'] as const;

export const TOKENS = [
  define('io.jwt.decode', ['string'], ([text]) => {
    const token = readToken(text);
    return token instanceof BuiltinError ? token : [token.header, token.payload, token.signature.toString('hex')];
  }),
  ...[...ALGORITHMS.keys()].map((algorithm) =>
    define(`io.jwt.verify_${algorithm.toLowerCase()}`, ['string', 'string'], ([text, keys], { work }) => {
      const token = readToken(text);
      return token instanceof BuiltinError ? token : isSigned(token, keys, algorithm, work);
    }),
  ),
  ...MACS.map((algorithm) =>
    define(`io.jwt.verify_${algorithm.toLowerCase()}`, ['string', 'string'], ([text, secret]) => {
      const token = readToken(text);
      return token instanceof BuiltinError ? token : hasMac(token, secret, algorithm);
    }),
  ),
  define('io.jwt.decode_verify', ['string', 'object'], ([text, constraints], call) =>
    decodeVerify(text, constraints, call),
  ),
];

function hasMac(token: Token, secret: string, algorithm: string): boolean {
  const mac = macOf(token.signed, secret, algorithm);
  return mac.length === token.signature.length && timingSafeEqual(mac, token.signature);
}

const KNOWN: ReadonlySet<RegoValue> = new Set(['cert', 'secret', 'alg', 'iss', 'time', 'aud']);
const INVALID: RegoValue = [false, new Map(), new Map()];

/** `[valid, header, payload]`; what does not hold gives `[false, {}, {}]`. */
function decodeVerify(text: string, constraints: RegoObject, { time, work }: BuiltinCall): BuiltinResult {
  for (const key of constraints.keys()) if (!KNOWN.has(key)) return fail('a constraint is not known');
  if (constraints.has('cert') === constraints.has('secret')) return fail('one of cert and secret is needed');
  const token = readToken(text);
  if (token instanceof BuiltinError) return token;
  const verified = isVerified(token, constraints, work);
  if (verified instanceof BuiltinError) return verified;
  const isValid = verified && isObject(token.payload) && isValidFor(token.payload, constraints, time);
  return isValid ? [true, token.header, token.payload] : INVALID;
}

function isVerified(token: Token, constraints: RegoObject, work: Work): boolean | BuiltinError {
  const algorithm = token.header.get('alg');
  const wanted = constraints.get('alg');
  if (typeof algorithm !== 'string' || (wanted !== undefined && wanted !== algorithm)) return false;
  if (token.header.has('crit')) return false;
  const [cert, secret] = [constraints.get('cert'), constraints.get('secret')];
  const isMac = (MACS as readonly string[]).includes(algorithm);
  if (isMac) return typeof secret === 'string' && hasMac(token, secret, algorithm);
  return typeof cert === 'string' && ALGORITHMS.has(algorithm) && isSigned(token, cert, algorithm, work);
}
