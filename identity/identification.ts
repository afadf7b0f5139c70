import type { Principal } from './principal.ts';

/**
 * What came of asking one source of identity. "Not responsible" means that the request shows nothing of that
 * source's kind; a credential that is shown and wrong is a rejection, and no other source is asked.
 */
export type Identification =
  | {
      readonly kind: 'identified';
      readonly principal: Principal;
      /** Where the credential stood: what is ours is not passed on. */
      readonly shownIn:
        | 'x-ostiary-auth'
        | 'cookie'
        | 'authorization'
        | 'token-of-another-issuer'
        | 'credential-of-the-service';
    }
  | { readonly kind: 'not-responsible' }
  | { readonly kind: 'rejected'; readonly reason: IdentityRejection; readonly detail: string | null };

/** A subset of the reasons of `gateway/reasons.ts`. */
export type IdentityRejection =
  | 'session-unknown'
  | 'session-expired'
  | 'token-invalid'
  | 'credentials-invalid'
  | 'too-many-attempts'
  | 'scope-insufficient'
  | 'identity-unavailable';

export const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };
