import type { Clock } from '../../src/base/clock.ts';
import type { Session, User } from '../../src/model/index.ts';
import type { PasskeyQuestion } from '../factors/pages.ts';
import type { LogoutTokens } from '../oidc/logout-token.ts';
import type { ProviderSessions } from '../oidc/provider-sessions.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import type { DirectoryWriter, IdentityStore } from '../ports.ts';
import type { SamlSignIn } from '../saml/saml-sign-in.ts';
import type { SessionResolver } from '../sessions/resolver.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { SiteVisit } from '../site/visit.ts';
import type { PendingSignIns } from './pending-sign-ins.ts';

export interface SignInDeps {
  readonly relyingParty: RelyingParty;
  readonly saml: Pick<SamlSignIn, 'receive'>;
  readonly sessions: SessionManager;
  readonly resolver: SessionResolver;
  readonly store: IdentityStore;
  readonly pending: PendingSignIns;
  readonly directories: DirectoryWriter;
  readonly atProviders: ProviderSessions;
  readonly logoutTokens: LogoutTokens;
  readonly clock: Clock;
  /** What a passkey is asked for that is to sign in alone; `null`: passkeys do not. @param query of the target */
  readonly passkeySignIn: (visit: SiteVisit, query: URLSearchParams) => PasskeyQuestion | null;
  /** A session that is about to begin, with what its person has to do about second factors first. */
  readonly enforceFactors: (visit: SiteVisit, user: User, session: Session) => Promise<Session>;
}

/** One browser's request with all that answering it takes. */
export interface Visit extends SiteVisit {
  readonly deps: SignInDeps;
}
