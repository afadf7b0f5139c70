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
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_redirect_uri',
  'invalid_scope',
]);
const TIMED_OUT: ReadonlySet<string> = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT']);
/** Codes of a discovery document that is not the issuer's, or not one at all. */
const NOT_THE_ISSUER: ReadonlySet<string> = new Set([
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
]);

export function explainProviderError(thrown: unknown): ProviderRefusal {
  return { kind: 'refused', code: classify(thrown), detail: describe(thrown) };
}

function classify(thrown: unknown): ProviderFailure {
  // RFC 6749 4.1.2.1: the same word whether the person or the provider refused
  if (thrown instanceof client.AuthorizationResponseError)
    return thrown.error === 'access_denied' ? 'sign-in-cancelled' : 'provider-declined';
  if (thrown instanceof client.ResponseBodyError) {
    return OUR_REGISTRATION.has(thrown.error) ? 'provider-misconfigured' : 'provider-answer-invalid';
  }
  const original = unwrapped(thrown);
  if (original instanceof AppError)
    return original.code === 'unavailable' ? 'provider-secret-missing' : 'provider-misconfigured';
  return isNetworkError(original) ? 'provider-unreachable' : byCode(codeOf(thrown));
}

function byCode(code: string): ProviderFailure {
  if (TIMED_OUT.has(code)) return 'provider-unreachable';
  return NOT_THE_ISSUER.has(code) ? 'provider-misconfigured' : 'provider-answer-invalid';
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
  if (original instanceof client.AuthorizationResponseError || original instanceof client.ResponseBodyError) {
    return `${original.error}: ${original.error_description ?? 'no description'}`;
  }
  const code = codeOf(original);
  const cause = isNetworkError(original) ? `: ${messageOf((original as TypeError).cause)}` : '';
  return `${messageOf(original)}${cause}${code === '' ? '' : ` (${code})`}`;
}
