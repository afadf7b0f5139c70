import type * as client from 'openid-client';
import { SecretValue } from '../../src/base/secret-value.ts';
import { isTrustworthy } from './guarded-fetch.ts';
import type { Granted } from './token-requests.ts';

/** What a provider gave that is needed again while the session goes on. */
export interface ProviderTokens {
  /** Shown when signing out at the provider; `null` when it does not offer that. */
  readonly idToken: SecretValue | null;
  readonly refreshToken: SecretValue | null;
}

export function tokensOf(configuration: client.Configuration, { response }: Granted): ProviderTokens {
  const { id_token: idToken, refresh_token: refreshToken } = response;
  return {
    idToken: idToken === undefined || endSessionOf(configuration) === null ? null : new SecretValue(idToken),
    refreshToken: refreshToken === undefined ? null : new SecretValue(refreshToken),
  };
}

/** Where the provider ends its own session; `null`: it does not offer that. */
export function endSessionOf(configuration: client.Configuration): URL | null {
  const url = URL.parse(configuration.serverMetadata().end_session_endpoint ?? '');
  return url !== null && isTrustworthy(url) ? url : null;
}
