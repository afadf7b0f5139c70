import type { IdentityRejection } from '../identification.ts';

/** What a token of another issuer says, once it is known to be good. */
export interface VerifiedToken {
  readonly issuer: string | null;
  readonly subject: string;
  readonly clientID: string | null;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface TokenRejection {
  readonly kind: 'rejected';
  readonly reason: IdentityRejection;
  readonly detail: string;
}

export type TokenCheck = { readonly kind: 'verified'; readonly token: VerifiedToken } | TokenRejection;

/** What a token must have beside a good signature, or a word for it. */
export interface TokenDemands {
  readonly audiences: readonly string[];
  readonly requiredScopes: readonly string[];
  readonly requiredClaims: Readonly<Record<string, string | number | boolean>>;
}

export function rejected(reason: IdentityRejection, detail: string): TokenRejection {
  return { kind: 'rejected', reason, detail };
}

/** The last moment that has a spelling in RFC 3339: milliseconds since 1970. */
const FAR_FUTURE = Date.parse('9999-12-31T23:59:59Z');
/** OpenID Connect Core 2: at most 255 ASCII characters. Others could look alike. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/**
 * Holds claims to what both kinds of tokens have in common.
 * @param now milliseconds since 1970
 * @param lastsUntil the end of a token that states none, `null` when each must
 */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  demands: TokenDemands,
  now: number,
  lastsUntil: number | null,
): TokenCheck {
  const { sub, exp, iss, client_id, azp } = claims;
  const expiresAt = typeof exp === 'number' ? Math.min(exp * 1000, FAR_FUTURE) : exp === undefined ? lastsUntil : null;
  if (expiresAt === null || !Number.isFinite(expiresAt)) return invalid('it does not say when it ends');
  if (!(now < expiresAt)) return invalid('it has expired');
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return invalid('it has no sub, or one that cannot be told apart');
  if (!hasAudience(claims.aud, demands.audiences)) return invalid('it is for another audience');
  // RFC 9449 6, RFC 8705 3: only whoever has the key may show it, and a bearer has shown none.
  if (claims.cnf !== undefined) return invalid('it is bound to a key, and none was shown');
  const unlike = Object.entries(demands.requiredClaims).find(([name, value]) => !hasValue(claims[name], value));
  if (unlike !== undefined) return invalid(`its claim ${unlike[0]} is not what is required`);
  const scopes = scopesOf(claims);
  const missing = demands.requiredScopes.find((scope) => !scopes.includes(scope));
  if (missing !== undefined) return rejected('scope-insufficient', `the token lacks the scope ${missing}`);
  const clientID = textOf(client_id) ?? textOf(azp);
  return { kind: 'verified', token: { issuer: textOf(iss), subject: sub, clientID, scopes, claims, expiresAt } };
}

function invalid(why: string): TokenRejection {
  return rejected('token-invalid', why);
}

function hasAudience(aud: unknown, wanted: readonly string[]): boolean {
  return (Array.isArray(aud) ? aud : [aud]).some((one) => typeof one === 'string' && wanted.includes(one));
}

function hasValue(claim: unknown, wanted: unknown): boolean {
  return claim === wanted || (Array.isArray(claim) && claim.includes(wanted));
}

/** RFC 8693 4.2 has one text; some issuers have a list, and another name. */
function scopesOf({ scope, scp }: Readonly<Record<string, unknown>>): string[] {
  const given = scope ?? scp;
  const listed = typeof given === 'string' ? given.split(' ') : Array.isArray(given) ? given : [];
  return listed.filter((one): one is string => typeof one === 'string' && one !== '');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
