import * as client from 'openid-client';
import { AppError } from '../../src/base/errors.ts';
import type { SecretValue } from '../../src/base/secret-value.ts';
import type { OidcProvider } from '../../src/model/index.ts';
import { type Claims, withUserInfo } from './claims.ts';

/** What came from the token endpoint, verified. */
export interface Granted {
  readonly response: client.TokenEndpointResponse;
  /** Of the ID token; `null`: there is none. */
  readonly idClaims: client.IDToken | null;
  readonly dpop: client.DPoPOptions;
}

/** The library checks `state`, `iss` (RFC 9207), `nonce`, `aud`, `exp` and the ID token's signature. */
export async function exchangeCode(
  configuration: client.Configuration,
  callbackUrl: URL,
  proof: { readonly state: string; readonly nonce: string; readonly codeVerifier: string },
): Promise<Granted & { readonly idClaims: client.IDToken }> {
  const dpop = await senderConstraint(configuration);
  const checks = {
    pkceCodeVerifier: proof.codeVerifier,
    expectedState: proof.state,
    expectedNonce: proof.nonce,
    idTokenExpected: true,
  };
  const response = await client.authorizationCodeGrant(configuration, callbackUrl, checks, undefined, dpop);
  return { response, idClaims: response.claims()!, dpop };
}

export interface Over {
  readonly kind: 'over';
  readonly detail: string;
}

/** OpenID Connect Core 12.2: a new ID token is about the same person, from the same issuer. */
export async function refreshGrant(
  configuration: client.Configuration,
  refreshToken: SecretValue,
  subject: string,
): Promise<Granted | Over> {
  const dpop = await senderConstraint(configuration);
  try {
    const response = await client.refreshTokenGrant(configuration, refreshToken.reveal(), undefined, dpop);
    const idClaims = response.claims() ?? null;
    const isAnother = idClaims !== null && idClaims.sub !== subject;
    return isAnother
      ? { kind: 'over', detail: 'the new ID token is about somebody else' }
      : { response, idClaims, dpop };
  } catch (thrown) {
    // RFC 6749 5.2
    if (thrown instanceof client.ResponseBodyError && thrown.error === 'invalid_grant') {
      return { kind: 'over', detail: `invalid_grant: ${thrown.error_description ?? 'no description'}` };
    }
    throw thrown;
  }
}

/** The claims of the ID token, with those of the UserInfo endpoint where it is used; `null`: nothing was said. */
export async function claimsOf(
  configuration: client.Configuration,
  oidc: OidcProvider,
  { response, idClaims, dpop }: Granted,
  subject: string,
): Promise<Claims | null> {
  if (oidc.useUserInfoEndpoint !== true) return idClaims;
  if (configuration.serverMetadata().userinfo_endpoint === undefined) {
    throw new AppError('invalid', 'The provider has no UserInfo endpoint.');
  }
  return withUserInfo(idClaims ?? {}, await client.fetchUserInfo(configuration, response.access_token, subject, dpop));
}

/**
 * RFC 9449, with a key for this one grant: refresh tokens of clients that authenticate are bound to the client, not to
 * the key (5).
 */
async function senderConstraint(configuration: client.Configuration): Promise<client.DPoPOptions> {
  const algorithms = configuration.serverMetadata().dpop_signing_alg_values_supported ?? [];
  if (!algorithms.includes('ES256')) return {};
  return { DPoP: client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('ES256')) };
}
