import type { Clock } from '../../src/base/clock.ts';
import type { HeaderList } from '../../src/base/header-list.ts';
import type { ClusterConfig, IdentityProvider } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import type { IdentityStore } from '../ports.ts';
import type { Scheme } from '../sessions/cookies.ts';
import type { SessionResolver } from '../sessions/resolver.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { PendingSignIns } from './pending-sign-ins.ts';

/** A request for one of our own addresses; host, authority and path are canonical. */
export interface SiteRequest {
  readonly method: string;
  readonly scheme: Scheme;
  readonly host: string;
  /** `host`, or `host:port` where the port is not the scheme's own. */
  readonly authority: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: HeaderList;
  readonly clientAddress: string;
}

/** What the configuration of this request's generation says. */
export interface SiteConfig {
  /** The auth host. */
  readonly domain: string;
  readonly directory: Directory;
  /** Those that are enabled. */
  readonly identityProviders: readonly IdentityProvider[];
  readonly clusterConfig: ClusterConfig | null;
  /** Whether a Service answers on this canonical host name. */
  readonly isOurHost: (host: string) => boolean;
  /** The same, by its own name and not by a wildcard. */
  readonly isListedHost: (host: string) => boolean;
}

export interface SiteDeps {
  readonly relyingParty: RelyingParty;
  readonly sessions: SessionManager;
  readonly resolver: SessionResolver;
  readonly store: IdentityStore;
  readonly pending: PendingSignIns;
  readonly clock: Clock;
}

/** One browser's request with all that answering it takes. */
export interface Visit {
  readonly request: SiteRequest;
  readonly config: SiteConfig;
  readonly deps: SiteDeps;
}

/** A parameter that is given exactly once: repeated ones are ambiguous, so they count as missing. */
export function onlyParameter(query: URLSearchParams, name: string): string | null {
  const [value, another] = query.getAll(name);
  return value === undefined || another !== undefined ? null : value;
}
