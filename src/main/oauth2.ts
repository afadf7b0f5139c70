import { KeySets } from '../../identity/oauth2/assertions/key-sets.ts';
import { OAuth2Clients } from '../../identity/oauth2/clients.ts';
import { DeviceGrants } from '../../identity/oauth2/device/device-grants.ts';
import { RefreshTokens } from '../../identity/oauth2/refresh/refresh-tokens.ts';
import { oauth2Routes } from '../../identity/oauth2/routes.ts';
import type { IdentityStore, TextVault } from '../../identity/ports.ts';
import type { SessionResolver } from '../../identity/sessions/resolver.ts';
import type { SessionManager } from '../../identity/sessions/session-manager.ts';
import type { SiteRoute } from '../../identity/site/route.ts';
import { AccessTokens } from '../../identity/tokens/access-tokens.ts';
import { AuthTokens } from '../../identity/tokens/auth-tokens.ts';
import { CredentialDesk } from '../../identity/tokens/credential-desk.ts';
import { CredentialUse } from '../../identity/tokens/credential-use.ts';
import type { Clock } from '../base/clock.ts';
import { FailureBudget } from '../base/failure-budget.ts';

export interface OAuth2Parts {
  readonly store: IdentityStore;
  readonly sessions: SessionManager;
  readonly resolver: SessionResolver;
  readonly texts: TextVault;
  readonly clock: Clock;
}

/** Tokens of programs: where they are given, and what Credentials are shown with. */
export interface OAuth2Layer {
  readonly routes: readonly SiteRoute[];
  readonly credentials: CredentialDesk;
}

export function createOAuth2Layer({ store, sessions, resolver, texts, clock }: OAuth2Parts): OAuth2Layer {
  const kept = { records: store.records, clock };
  const clients = new OAuth2Clients(kept);
  const authTokens = new AuthTokens(kept);
  const uses = new CredentialUse(kept);
  const accessTokens = new AccessTokens({ sessions, clock });
  return {
    credentials: new CredentialDesk({ store, sessions, accessTokens, clients, authTokens, uses, clock }),
    routes: oauth2Routes({
      ...kept,
      sessions,
      resolver,
      clients,
      authTokens,
      uses,
      devices: new DeviceGrants(kept),
      refreshTokens: new RefreshTokens({ ...kept, texts }),
      keySets: new KeySets(clock),
      failures: new FailureBudget(clock),
    }),
  };
}
