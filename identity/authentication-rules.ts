import type { IdentityProvider, Session, User } from '../src/model/index.ts';
import type { Claims } from './oidc/claims.ts';

export type AuthenticationInfo = Session['status']['authentication']['info'];

/** What the rules of a provider are asked about. */
export interface AuthenticationFacts {
  /** With the Groups of the session. */
  readonly user: User;
  readonly info: Omit<AuthenticationInfo, 'downstream'>;
  readonly claims: Claims;
}

/** The rules of the IdentityProviders of one configuration; they never throw. */
export interface AuthenticationRules {
  /** By the first of `aalRules` that matches; `null`: none does. */
  aal(provider: IdentityProvider, claims: Claims): AuthenticationInfo['aal'] | null;
  /** Why `postAuthenticationRules` refuse the sign-in, for the log; `null`: they do not. */
  refusal(provider: IdentityProvider, facts: AuthenticationFacts): string | null;
}

export const NO_RULES: AuthenticationRules = { aal: () => null, refusal: () => null };
