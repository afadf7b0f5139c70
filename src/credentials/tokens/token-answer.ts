import { SecretValue } from '../../base/secret-value.ts';
import type { EndpointAnswer } from './token-endpoint.ts';

export type TokenAnswer =
  | { readonly kind: 'token'; readonly value: SecretValue; readonly lifetimeMs: number }
  | TokenFailure;

export interface TokenFailure {
  readonly kind: 'failed';
  /** For the log; quotes no answer. */
  readonly because: string;
}

/** Of an answer that does not say (RFC 6749 5.1 leaves it to documentation). */
const USUAL_LIFETIME_MS = 5 * 60_000;
/** Longer than any issuer means it; what is beyond may be no number that can be calculated with. */
const LONGEST_LIFETIME_S = 365 * 24 * 3600;
/** Characters; upstreams take heads of some 16 KiB. */
const MOST_CHARACTERS = 12_000;

/** What a token endpoint says (RFC 6749 5). Anything that is not plainly a bearer token is a failure. */
export function readTokenAnswer({ status, body }: EndpointAnswer): TokenAnswer {
  const said = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  if (status !== 200) return failed(`it answers with status ${status}${errorIn(said)}`);
  const { access_token: token, token_type: type } = said;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return failed('it gives no token that can be sent');
  if (token.length > MOST_CHARACTERS) return failed('the token that it gives is too long');
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    return failed('it gives a token that is no bearer token');
  const lifetimeMs = lifetimeOf(said.expires_in);
  if (lifetimeMs === null) return failed('it gives a token that has ended, or ends at no known time');
  return { kind: 'token', value: new SecretValue(token), lifetimeMs };
}

/** Some servers write the number as text. */
function lifetimeOf(seconds: unknown): number | null {
  if (seconds === undefined || seconds === null) return USUAL_LIFETIME_MS;
  const number = typeof seconds === 'string' && /^\d{1,12}$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof number !== 'number' || !(number > 0)) return null;
  return Math.min(number, LONGEST_LIFETIME_S) * 1000;
}

/** RFC 6749 5.2: a code of a closed alphabet. The description is the server's text, which may repeat what was sent. */
function errorIn({ error }: Readonly<Record<string, unknown>>): string {
  return typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : '';
}

export function failed(because: string): TokenFailure {
  return { kind: 'failed', because };
}
