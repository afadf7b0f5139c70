import * as client from 'openid-client';
import { AppError, messageOf } from '../../src/base/errors.ts';

/** Why a provider could not sign somebody in. The detail is for the log. */
export interface ProviderRefusal {
  readonly kind: 'refused';
  readonly code: ProviderFailure;
  readonly detail: string;
}

export type ProviderFailure =
  | 'provider-unreachable'
  | 'provider-misconfigured'
  | 'provider-secret-missing'
  | 'provider-declined'
  | 'sign-in-cancelled'
  | 'provider-answer-invalid'
  | 'identifier-missing'
  | 'email-unverified';

/** What the provider says when our registration there is wrong (RFC 6749 5.2, OpenID Connect Core 3.1.2.6). */
const OUR_REGISTRATION: ReadonlySet<string> = new Set([
  'invalid_client',
  'invalid_request',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_redirect_uri',
  'invalid_scope',
]);
const TIMED_OUT: ReadonlySet<string> = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT']);
/** What an answer was compared with is said by its cause: the issuer of a discovery document, the `sub` of UserInfo. */
const NOT_AS_EXPECTED = 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
const REFUSED_ADDRESS = 'OAUTH_HTTP_REQUEST_FORBIDDEN';

export function explainProviderError(thrown: unknown): ProviderRefusal {
  return { kind: 'refused', code: classify(thrown), detail: describe(thrown) };
}

function classify(thrown: unknown): ProviderFailure {
  // RFC 6749 4.1.2.1: the same word whether the person or the provider refused
  if (thrown instanceof client.AuthorizationResponseError)
    return thrown.error === 'access_denied' ? 'sign-in-cancelled' : 'provider-declined';
  if (isServerError(thrown)) return 'provider-unreachable';
  if (isClientRefused(thrown)) return 'provider-misconfigured';
  if (thrown instanceof client.ResponseBodyError) {
    return OUR_REGISTRATION.has(thrown.error) ? 'provider-misconfigured' : 'provider-answer-invalid';
  }
  const original = unwrapped(thrown);
  if (original instanceof AppError)
    return original.code === 'unavailable' ? 'provider-secret-missing' : 'provider-misconfigured';
  return isNetworkError(original) ? 'provider-unreachable' : byCode(thrown);
}

function byCode(thrown: unknown): ProviderFailure {
  const code = codeOf(thrown);
  if (TIMED_OUT.has(code)) return 'provider-unreachable';
  const isOurs = code === REFUSED_ADDRESS || (code === NOT_AS_EXPECTED && isAboutIssuer(thrown));
  return isOurs ? 'provider-misconfigured' : 'provider-answer-invalid';
}

function isAboutIssuer(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'attribute' in cause && cause.attribute === 'issuer';
}

/** RFC 6749 5.2: a client that was shown with Basic is refused with a challenge; the library reads no further. */
function isClientRefused(thrown: unknown): boolean {
  return (
    thrown instanceof client.WWWAuthenticateChallengeError && thrown.cause.some(({ scheme }) => scheme === 'basic')
  );
}

/** 5xx: nothing is wrong with the sign-in or our settings, and another time it may work. */
function isServerError(thrown: unknown): boolean {
  if (thrown instanceof client.ResponseBodyError) return thrown.status >= 500;
  return thrown instanceof client.ClientError && thrown.cause instanceof Response && thrown.cause.status >= 500;
}

/** What our own fetch and client authentication throw comes back as the cause of a library error. */
function unwrapped(thrown: unknown): unknown {
  return thrown instanceof client.ClientError && thrown.code === undefined ? thrown.cause : thrown;
}

/** fetch reports every failure to connect as a TypeError with the system's error as its cause. */
function isNetworkError(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.cause instanceof Error;
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}

/** The library's causes hold whole tokens and answers, so only messages and codes are taken over. */
function describe(thrown: unknown): string {
  const original = unwrapped(thrown);
  if (isClientRefused(original)) return 'invalid_client: the provider refuses the client id or its secret';
  if (original instanceof client.AuthorizationResponseError || original instanceof client.ResponseBodyError) {
    return `${original.error}: ${original.error_description ?? 'no description'}`;
  }
  const code = codeOf(original);
  const cause = causeOf(original);
  return `${messageOf(original)}${cause === null ? '' : `: ${cause}`}${code === '' ? '' : ` (${code})`}`;
}

/** The system's error of a call that failed; what exactly was wrong with an answer, such as which claim of a token. */
function causeOf(thrown: unknown): string | null {
  const { cause } = thrown instanceof Error ? thrown : {};
  const isSaid = isNetworkError(thrown) || (thrown instanceof client.ClientError && cause instanceof Error);
  const because = isSaid ? (tlsReasonOf(cause) ?? messageOf(cause)) : '';
  return because === '' || because === messageOf(thrown) ? null : because;
}

/** OpenSSL's messages name its source files; its reason is what can be read. */
function tlsReasonOf(cause: unknown): string | null {
  const { library, reason } = cause as { library?: unknown; reason?: unknown };
  return library === 'SSL routines' && typeof reason === 'string' ? `TLS: ${reason}` : null;
}
