import type { Confirmation } from './proof/binding.ts';

export interface GivenToken {
  readonly accessToken: string;
  /** Whole seconds. */
  readonly expiresIn: number;
  readonly scopes: readonly string[] | undefined;
  readonly confirmation: Confirmation | undefined;
  readonly refreshToken?: string | undefined;
  readonly issuedTokenType?: string | undefined;
}

/** An answer of the token endpoint (RFC 6749 5.1). */
export type SpelledToken = Readonly<Record<string, string | number>>;

export function spellToken(given: GivenToken): SpelledToken {
  const { accessToken, expiresIn, scopes, confirmation, refreshToken, issuedTokenType } = given;
  return {
    access_token: accessToken,
    token_type: confirmation?.jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: expiresIn,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(scopes === undefined || scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    ...(issuedTokenType === undefined ? {} : { issued_token_type: issuedTokenType }),
  };
}
