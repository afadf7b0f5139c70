import { withoutOwnTokens } from '../../src/base/own-names.ts';
import { refuseJson, type SiteAnswer } from '../site/answer.ts';

/** RFC 6749 5.2, RFC 7009 2.2.1, RFC 8628 3.5, RFC 8693 2.2.2, RFC 9449 5. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_dpop_proof'
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token';

/** Why a program gets no token. */
export interface OAuthRefusal {
  readonly kind: 'refused';
  readonly error: OAuthErrorCode;
  /** Shown to whoever asked. */
  readonly description: string;
  /** For the log only. */
  readonly detail: string;
  /** Beside those that the error codes bring. */
  readonly status?: number;
}

/** @param detail for the log; the description when left out */
export function refuseOAuth(error: OAuthErrorCode, description: string, detail = description): OAuthRefusal {
  return { kind: 'refused', error, description, detail };
}

export function isOAuthRefusal(value: object): value is OAuthRefusal {
  return 'kind' in value && value.kind === 'refused' && 'error' in value;
}

const CHALLENGE = ['www-authenticate', 'Basic realm="ostiary", charset="UTF-8"'] as const;
/** Seconds. */
const TRY_AGAIN = ['retry-after', '60'] as const;

/** RFC 6749 5.2: 400, but 401 with a challenge where the client was not authenticated. */
export function spellOAuthRefusal({ error, description, detail, status = 400 }: OAuthRefusal): SiteAnswer {
  const value = { error, error_description: description };
  const why = withoutOwnTokens(`${error}: ${detail}`);
  if (error === 'invalid_client') return refuseJson(401, value, why, [CHALLENGE]);
  return refuseJson(status, value, why, status === 429 ? [TRY_AGAIN] : []);
}
