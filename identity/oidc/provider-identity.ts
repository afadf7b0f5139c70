import type { OidcProvider } from '../../src/model/index.ts';
import type { ProviderIdentity } from '../directory/directory.ts';

export type Claims = Readonly<Record<string, unknown>>;

export type IdentityReading =
  | ({ readonly kind: 'read' } & ProviderIdentity)
  | { readonly kind: 'refused'; readonly code: 'identifier-missing' | 'email-unverified'; readonly detail: string };

const MOST_IDENTIFIER = 512;

/** Who the claims of a verified ID token speak of. An e-mail address identifies nobody unless it is verified. */
export function readIdentity(claims: Claims, oidc: OidcProvider): IdentityReading {
  const verifiedEmail = readVerifiedEmail(claims, oidc.checkEmailVerified !== false);
  const claim = oidc.identifierClaim ?? 'sub';
  if (claim === 'email') return identifiedByEmail(verifiedEmail);
  const identifier = ownText(claims, claim);
  if (identifier === null || identifier.length > MOST_IDENTIFIER) {
    return { kind: 'refused', code: 'identifier-missing', detail: `the ID token has no usable claim "${claim}"` };
  }
  return { kind: 'read', identifier, verifiedEmail };
}

function identifiedByEmail(verifiedEmail: string | null): IdentityReading {
  if (verifiedEmail !== null) return { kind: 'read', identifier: verifiedEmail, verifiedEmail };
  return { kind: 'refused', code: 'email-unverified', detail: 'the ID token has no verified e-mail address' };
}

function readVerifiedEmail(claims: Claims, mustBeVerified: boolean): string | null {
  const email = ownText(claims, 'email');
  if (email === null || !hasOneAt(email)) return null;
  return mustBeVerified && claims.email_verified !== true ? null : email.toLowerCase();
}

/** With a second `@`, programs disagree on the domain (GHSA-c5c4-8r6x-56w3). */
function hasOneAt(email: string): boolean {
  const parts = email.split('@');
  return parts.length === 2 && parts[0] !== '' && parts[1] !== '';
}

function ownText(claims: Claims, name: string): string | null {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}
