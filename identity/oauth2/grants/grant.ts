import type { OAuth2Client } from '../client-authentication.ts';
import type { OAuthForm } from '../form.ts';
import type { Confirmation } from '../proof/binding.ts';
import type { OAuthRefusal } from '../refusal.ts';
import type { TokenOrder } from '../token-issuer.ts';
import type { OAuth2Visit } from '../visit.ts';

/** What a grant comes to, but for what every grant has in common. */
export type GrantedOrder = Omit<TokenOrder, 'origin' | 'confirmation' | 'grant'> & {
  /** What the token is bound to already that this is for. */
  readonly inherited?: Confirmation;
  /** RFC 8693 2.2.1. */
  readonly issuedTokenType?: string;
};

/** One way to get a token: looks at what is shown, and says what is to be issued. */
export type Grant = (visit: OAuth2Visit, form: OAuthForm, client: OAuth2Client) => Promise<GrantedOrder | OAuthRefusal>;

export interface NamedGrant {
  /** As it stands in the session. */
  readonly name: TokenOrder['grant'];
  readonly grant: Grant;
}
