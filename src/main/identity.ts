import { createIdentifier, type Identify } from '../../identity/identify.ts';
import { RelyingParty } from '../../identity/oidc/relying-party.ts';
import type { IdentityStore, OpenSecret } from '../../identity/ports.ts';
import { SessionCache } from '../../identity/sessions/cache.ts';
import { SessionResolver } from '../../identity/sessions/resolver.ts';
import { SessionManager } from '../../identity/sessions/session-manager.ts';
import { PendingSignIns, type SharedSignIns } from '../../identity/sign-in/pending-sign-ins.ts';
import { signInRoutes } from '../../identity/sign-in/routes.ts';
import { createSite, type Site } from '../../identity/site/site.ts';
import { AccessTokens } from '../../identity/tokens/access-tokens.ts';
import type { Clock } from '../base/clock.ts';

export interface IdentityParts {
  readonly store: IdentityStore;
  readonly openSecret: OpenSecret;
  readonly clock: Clock;
  /** Told of every session that has ended or changed, `forgetSession` included. */
  readonly sessionChanged: (uid: string) => void;
  readonly signIns: SharedSignIns;
}

/** The identity layer, put together. */
export interface IdentityLayer {
  readonly identify: Identify;
  readonly sessions: SessionManager;
  readonly accessTokens: AccessTokens;
  readonly site: Site;
  /** Another process has ended or changed it: what this one remembers of it counts no more. */
  forgetSession(uid: string): void;
}

export function createIdentityLayer(parts: IdentityParts): IdentityLayer {
  const { store, openSecret, clock, sessionChanged, signIns } = parts;
  const cache = new SessionCache(undefined, sessionChanged);
  const resolver = new SessionResolver({ store, cache, clock });
  const sessions = new SessionManager({ store, cache, clock });
  const relyingParty = new RelyingParty({ openSecret, clock });
  const pending = new PendingSignIns(clock, signIns);
  return {
    identify: createIdentifier({ resolver }),
    sessions,
    accessTokens: new AccessTokens({ store, sessions, clock }),
    site: createSite(signInRoutes({ relyingParty, sessions, resolver, store, clock, pending })),
    forgetSession: (uid) => cache.dropSession(uid),
  };
}
