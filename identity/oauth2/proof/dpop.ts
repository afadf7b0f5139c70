import { hash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../../src/base/clock.ts';
import { messageOf } from '../../../src/base/errors.ts';
import type { HeaderList } from '../../../src/base/header-list.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import type { RecordStore } from '../../ports.ts';
import type { Here } from '../../site/origin.ts';

/** Keys come from strangers, and RSA lets them choose how much work it is. */
export const DPOP_ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'Ed25519'];

const SPACE = 'dpop';
/** Seconds that a proof is good before and after it was made. */
const WINDOW = 60;
/** Characters. */
const LONGEST = 8 * 1024;
const LONGEST_ID = 256;

/** What a proof must have been made for. */
export interface ProvenRequest extends Here {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
}

export interface ProofDeps {
  readonly records: Pick<RecordStore, 'add'>;
  readonly clock: Clock;
}

export type DpopProof =
  /** `claim` gives `false` for a proof that was shown before: it is good once, in whichever process. */
  | { readonly kind: 'proven'; readonly jkt: string; readonly claim: () => Promise<boolean> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'invalid'; readonly detail: string };

/**
 * Reads the proof of a request, without claiming it (RFC 9449 4.3).
 * @param token that it must be made for as well; `null`: there is none yet
 */
export async function readDpopProof(deps: ProofDeps, request: ProvenRequest, token: string | null): Promise<DpopProof> {
  const [proof, another] = request.headers.all('dpop');
  if (proof === undefined) return { kind: 'absent' };
  if (another !== undefined) return invalid('there are two proofs');
  if (proof.length > LONGEST) return invalid('the proof is too long');
  try {
    return await verify(deps, request, proof, token);
  } catch (thrown) {
    // Nobody is asked for it, so whatever fails is the proof: keys that are none fail in many ways.
    return invalid(messageOf(thrown));
  }
}

async function verify(
  deps: ProofDeps,
  request: ProvenRequest,
  proof: string,
  token: string | null,
): Promise<DpopProof> {
  const now = deps.clock.now();
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: DPOP_ALGORITHMS,
    requiredClaims: ['jti', 'htm', 'htu', 'iat'],
    // a proof may have an end; its beginning is what counts
    clockTolerance: WINDOW,
    currentDate: new Date(now),
  });
  const problem = problemOf(payload, request, token, now);
  if (problem !== null) return invalid(problem);
  const jkt = await calculateJwkThumbprint(protectedHeader.jwk as JWK);
  return { kind: 'proven', jkt, claim: () => claim(deps, jkt, payload) };
}

function problemOf(
  { jti, htm, htu, iat, ath }: JWTPayload,
  request: ProvenRequest,
  token: string | null,
  now: number,
): string | null {
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_ID) return 'jti is unusable';
  if (htm !== request.method) return 'it was made for another method';
  if (!isOfAddress(htu, request)) return 'it was made for another address';
  if (typeof iat !== 'number' || Math.abs(now / 1000 - iat) > WINDOW) return 'it was not made just now';
  if (token !== null && ath !== hash('sha256', token, 'base64url')) return 'it was made for another token';
  return null;
}

/** Without query and fragment; a port that is the scheme's own may be left out. */
function isOfAddress(htu: unknown, { scheme, authority, path }: ProvenRequest): boolean {
  const url = typeof htu === 'string' ? URL.parse(htu) : null;
  return url !== null && `${url.protocol}//${url.host}${url.pathname}` === `${scheme}://${authority}${path}`;
}

async function claim({ records }: ProofDeps, jkt: string, { jti, iat }: JWTPayload): Promise<boolean> {
  const expiresAt = (Number(iat) + 2 * WINDOW) * 1000;
  return records.add({ space: SPACE, key: hashHandle(`${jkt} ${jti}`), owner: '', expiresAt, json: '{}' });
}

function invalid(detail: string): DpopProof {
  return { kind: 'invalid', detail };
}
