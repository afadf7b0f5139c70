import type { FailureBudget } from '../../src/base/failure-budget.ts';
import type { SessionResolver } from '../sessions/resolver.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { SiteVisit } from '../site/visit.ts';
import type { AuthTokens } from '../tokens/auth-tokens.ts';
import type { CredentialUse } from '../tokens/credential-use.ts';
import type { AssertionDeps } from './assertions/workload-assertion.ts';
import type { OAuth2Clients } from './clients.ts';
import type { DeviceGrants } from './device/device-grants.ts';
import type { RefreshTokens } from './refresh/refresh-tokens.ts';

export interface OAuth2Deps extends AssertionDeps {
  readonly sessions: SessionManager;
  readonly resolver: SessionResolver;
  readonly clients: OAuth2Clients;
  readonly authTokens: AuthTokens;
  readonly uses: CredentialUse;
  readonly devices: DeviceGrants;
  readonly refreshTokens: RefreshTokens;
  /** What went wrong lately, by address and by whatever was tried. */
  readonly failures: FailureBudget;
}

/** One request for an address of OAuth 2.0. */
export interface OAuth2Visit extends SiteVisit {
  readonly deps: OAuth2Deps;
}
