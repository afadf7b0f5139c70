import type { AuthenticationRules } from '../../identity/authentication-rules.ts';
import type { Directory } from '../../identity/directory/directory.ts';
import type { Authorizer } from '../../policies/decision.ts';
import type { FactorRules } from '../../policies/factor-rules.ts';
import type { ConfigSelector } from '../../policies/select.ts';
import type { Awaitable } from '../base/awaitable.ts';
import type { CidrSet } from '../base/cidr.ts';
import type { FieldNames } from '../base/field-names.ts';
import type { SecretValue } from '../base/secret-value.ts';
import type { ClusterConfig, IdentityProvider, Namespace, Service } from '../model/index.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal, Response } from './outcome.ts';
import type { Chain } from './plugin.ts';

/** The immutable, compiled configuration that serves requests; replaced whole by one assignment. */
export interface Snapshot {
  readonly generation: number;
  /** The apex of the installation: the auth host is exactly this name. */
  readonly domain: string;
  /** Peers whose forwarding headers are believed. */
  readonly trustedProxies: CidrSet;
  /** By which some upstream is told who sent a request: no client may send them. Left out when there are none. */
  readonly identityFields?: FieldNames;
  readonly routes: RouteTable;
  /** Some Service asks for HTTP/2 (mode GRPC, `listenHTTP2`): cleartext listeners accept it by prior knowledge. */
  readonly cleartextHttp2: boolean;
  /** Every Service, for the portal, in the order of their names. */
  readonly services: readonly CompiledService[];
  readonly directory: Directory;
  /** Those that are enabled, in the order of their names. */
  readonly identityProviders: readonly IdentityProvider[];
  /** Their rules. */
  readonly authentication: AuthenticationRules;
  readonly clusterConfig: ClusterConfig;
  /** Of the ClusterConfig. */
  readonly factorRules: FactorRules;
  /**
   * The values of Secrets as they were when this configuration went live: a request that began before a change never
   * takes the new value of a Secret to the old upstream.
   */
  readonly secrets: SecretView;
}

/** What a compiler gives; the values of Secrets join it when it goes live. */
export type CompiledSnapshot = Omit<Snapshot, 'secrets'>;

export interface SecretView {
  /** `null` when there is no Secret of that name that can be used. */
  open(name: string): SecretValue | null;
  /** Another number whenever the value is another one. */
  version(name: string): number;
}

export interface RouteTable {
  /** The Service that answers, or `null`. `host` and `path` are canonical. */
  route(host: string, method: string, path: string): CompiledService | null;
  /** Whether any Service answers on this canonical host. */
  serves(host: string): boolean;
  /** The same, by its own name and not by a wildcard. */
  servesExactly(host: string): boolean;
}

export type ServiceState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'disabled' }
  /** It matches and refuses: a broken Service must not let a broader one answer in its place. */
  | { readonly kind: 'broken'; readonly because: string };

/** A Service with everything decided that can be decided before a request. */
export interface CompiledService {
  /** `api` in the default Namespace, else `api.prod`. */
  readonly name: string;
  readonly resource: Service;
  readonly namespace: Namespace;
  /** Canonical host names, the primary one first; a name may begin with `*.`. */
  readonly hosts: readonly string[];
  readonly state: ServiceState;
  /** No identity is consumed: nobody is asked to sign in. */
  readonly anonymous: boolean;
  /** `null`: bodies are streamed. */
  readonly buffering: Buffering | null;
  /** Bytes of a body that streams; above it the request is refused with 413. `Infinity`: any number. */
  readonly bodyLimit: number;
  /** PRE_AUTH plugins, those of the default config. */
  readonly chain: Chain;
  readonly authorizer: Authorizer;
  readonly selector: ConfigSelector<CompiledConfig>;
}

export interface Buffering {
  /** Bytes; above it the request is refused with 413. */
  readonly limit: number;
  /** The body must be empty or a JSON object; it is given to conditions as `bodyMap`. */
  readonly json: boolean;
}

/** One of a Service's configs: where the request goes and what is done to it on the way. */
export interface CompiledConfig {
  readonly name: string;
  readonly chain: Chain;
  readonly authorizationMode: 'pass' | 'delete';
  readonly forwardedMode: 'drop' | 'obfuscate' | 'transparent';
  /** `null`: this config has no upstream, which is `no-config` when a plugin does not answer. */
  readonly upstream: Upstream | null;
}

/** Where requests go. Implemented by `upstream/`. */
export interface Upstream {
  /** For the log, such as `https://api.example.com`. */
  readonly name: string;
  /** Host field when the config does not say otherwise. */
  readonly authority: string;
  /** Sends `x.outgoing`. A failure is a refusal, a cut-off body fails the sink: neither throws. */
  forward(x: Exchange): Awaitable<Response | Refusal>;
}
