import { createIdentifier, type Identify } from '../../identity/identify.ts';
import { RelyingParty } from '../../identity/oidc/relying-party.ts';
import type { IdentityStore, OpenSecret } from '../../identity/ports.ts';
import { SessionCache } from '../../identity/sessions/cache.ts';
import { SessionResolver } from '../../identity/sessions/resolver.ts';
import { SessionManager } from '../../identity/sessions/session-manager.ts';
import { PendingSignIns } from '../../identity/sign-in/pending-sign-ins.ts';
import { createSignInSite, type SignInSite } from '../../identity/sign-in/site.ts';
import { AccessTokens } from '../../identity/tokens/access-tokens.ts';
import type { Clock } from '../base/clock.ts';

/** The identity layer, put together. */
export interface IdentityLayer {
  readonly identify: Identify;
  readonly sessions: SessionManager;
  readonly accessTokens: AccessTokens;
  readonly site: SignInSite;
}

export function createIdentityLayer(store: IdentityStore, openSecret: OpenSecret, clock: Clock): IdentityLayer {
  const cache = new SessionCache();
  const resolver = new SessionResolver({ store, cache, clock });
  const sessions = new SessionManager({ store, cache, clock });
  const relyingParty = new RelyingParty({ openSecret, clock });
  return {
    identify: createIdentifier({ resolver }),
    sessions,
    accessTokens: new AccessTokens({ store, sessions, clock }),
    site: createSignInSite({ relyingParty, sessions, resolver, store, clock, pending: new PendingSignIns(clock) }),
  };
}
