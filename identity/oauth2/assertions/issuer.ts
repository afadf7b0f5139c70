import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import type { IdentityProvider, OidcIdentityToken } from '../../../src/model/index.ts';
import type { SiteConfig } from '../../site/visit.ts';

/** Characters. */
const LONGEST = 16 * 1024;

/** An IdentityProvider that may have issued a token. */
export interface Issuer {
  readonly provider: IdentityProvider;
  readonly settings: OidcIdentityToken;
}

/** What the token says of itself, to find out who has to have signed it. */
export function statedBy(token: string): JWTPayload | null {
  if (token.length > LONGEST) return null;
  try {
    const header = decodeProtectedHeader(token);
    const bringsItsKey = ['jku', 'jwk', 'x5u'].some((name) => Object.hasOwn(header, name));
    const isOther = header.typ !== undefined && header.typ.toLowerCase() !== 'jwt';
    return bringsItsKey || isOther ? null : decodeJwt(token);
  } catch {
    return null; // the reason is that it is no JWT
  }
}

export function providerOf(config: SiteConfig, { iss, aud }: JWTPayload): Issuer | null {
  for (const provider of config.tokenIssuers) {
    const settings = provider.spec.oidcIdentityToken;
    if (settings === undefined || issuerOf(settings) !== iss) continue;
    if (audiencesOf(aud).includes(audienceOf(settings, config))) return { provider, settings };
  }
  return null;
}

export function issuerOf({ issuer, issuerURL }: OidcIdentityToken): string | undefined {
  return issuer ?? issuerURL;
}

export function audienceOf({ audience }: OidcIdentityToken, { domain }: SiteConfig): string {
  return audience ?? `https://${domain}`;
}

export function audiencesOf(aud: JWTPayload['aud']): readonly string[] {
  return typeof aud === 'string' ? [aud] : (aud ?? []);
}
