import type { OidcProvider } from '../../src/model/index.ts';
import { comparableEmail } from '../directory/email.ts';
import type { ProviderIdentity } from '../directory/match-user.ts';
import { type Claims, textClaim } from './claims.ts';

export type IdentityReading =
  | ({ readonly kind: 'read' } & Pick<ProviderIdentity, 'identifier' | 'verifiedEmail'>)
  | { readonly kind: 'refused'; readonly code: 'identifier-missing' | 'email-unverified'; readonly detail: string };

const MOST_IDENTIFIER = 512;

/** Who the claims of a verified ID token speak of. An e-mail address identifies nobody unless it is verified. */
export function readIdentity(claims: Claims, oidc: OidcProvider): IdentityReading {
  const verifiedEmail = readVerifiedEmail(claims, oidc.checkEmailVerified !== false);
  const claim = oidc.identifierClaim ?? 'sub';
  if (claim === 'email') return identifiedByEmail(verifiedEmail);
  const identifier = textClaim(claims, claim);
  if (identifier === null || identifier.length > MOST_IDENTIFIER) {
    return { kind: 'refused', code: 'identifier-missing', detail: `the ID token has no usable claim "${claim}"` };
  }
  return { kind: 'read', identifier, verifiedEmail };
}

function identifiedByEmail(verifiedEmail: string | null): IdentityReading {
  if (verifiedEmail !== null) return { kind: 'read', identifier: verifiedEmail, verifiedEmail };
  return { kind: 'refused', code: 'email-unverified', detail: 'the ID token has no verified e-mail address' };
}

/** The address that the provider says is verified, whatever it is configured to be believed. */
export function provenEmail(claims: Claims): string | null {
  return readVerifiedEmail(claims, true);
}

function readVerifiedEmail(claims: Claims, mustBeVerified: boolean): string | null {
  const email = textClaim(claims, 'email');
  if (email === null || !hasOneAt(email)) return null;
  return mustBeVerified && claims.email_verified !== true ? null : comparableEmail(email);
}

/** With a second `@`, programs disagree on the domain (GHSA-c5c4-8r6x-56w3). */
function hasOneAt(email: string): boolean {
  const parts = email.split('@');
  return parts.length === 2 && parts[0] !== '' && parts[1] !== '';
}
