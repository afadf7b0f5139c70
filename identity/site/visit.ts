import type { HeaderList } from '../../src/base/header-list.ts';
import type { AccessRules, ClusterConfig, IdentityProvider } from '../../src/model/index.ts';
import type { AuthenticationRules } from '../authentication-rules.ts';
import type { Directory } from '../directory/directory.ts';
import type { FactorRules } from '../factors/rules.ts';
import type { TlsPeer } from '../oauth2/proof/certificate.ts';
import type { Scheme } from '../sessions/cookies.ts';

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
  /** `null`: a cleartext connection. */
  readonly tls?: TlsPeer | null;
  /** Reads the body, once. Never rejects. @param limit in bytes */
  readonly readBody: (limit: number) => Promise<BodyReading>;
}

export type BodyReading =
  /** Empty when there is none. */
  { readonly kind: 'read'; readonly bytes: Uint8Array } | { readonly kind: 'refused'; readonly reason: BodyRefusal };

/** Reasons of `gateway/reasons.ts`. */
export type BodyRefusal = 'bad-request' | 'body-too-large' | 'body-too-slow' | 'overloaded';

/** What the configuration of this request's generation says. */
export interface SiteConfig {
  /** The auth host. */
  readonly domain: string;
  readonly directory: Directory;
  /** Those that people sign in with and that are enabled. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Those whose tokens workloads show, enabled too: nobody signs in there. */
  readonly tokenIssuers: readonly IdentityProvider[];
  /** Their rules. */
  readonly authentication: AuthenticationRules;
  /** Name of the IdentityProvider that the Service there wants its sign-ins at; `null`: any will do. */
  readonly providerFor: (host: string, path: string) => string | null;
  readonly clusterConfig: ClusterConfig | null;
  readonly factorRules: FactorRules;
  /** Whether a Service answers on this canonical host name. */
  readonly isOurHost: (host: string) => boolean;
  /** The same, by its own name and not by a wildcard. */
  readonly isListedHost: (host: string) => boolean;
  /** The Service of that name, if access to it can be asked for. */
  readonly requestable: (service: string) => RequestableService | null;
}

export interface RequestableService {
  readonly name: string;
  readonly displayName: string | null;
  /** Its first page; `null`: it has no address of its own. */
  readonly url: string | null;
  readonly rules: AccessRules;
}

/** One request for an address of ours, with the configuration that it is pinned to. */
export interface SiteVisit {
  readonly request: SiteRequest;
  readonly config: SiteConfig;
}

/** A parameter that is given exactly once: repeated ones are ambiguous, so they count as missing. */
export function onlyParameter(query: URLSearchParams, name: string): string | null {
  const [value, another] = query.getAll(name);
  return value === undefined || another !== undefined ? null : value;
}
