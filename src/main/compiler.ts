import { systemClock } from '../base/clock.ts';
import { Sweeper } from '../base/sweeper.ts';
import { Compiler, type OpaSupply, type ScriptSupply } from '../compile/compile.ts';
import { type OwnedUpstream, UpstreamRegistry } from '../compile/upstream-registry.ts';
import { TokenStore } from '../credentials/tokens/token-store.ts';
import { canonicalPathOrNull } from '../downstream/canonical/index.ts';
import type { Limits } from '../gateway/limits/limits.ts';
import type { Shared } from '../plugins/deps.ts';
import type { SigningKeys } from '../secrets/signing/signing-keys.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { proxySettings } from '../upstream/connect/outbound-proxy.ts';
import { ResolveTable } from '../upstream/resolve.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { createUpstream, type PooledUpstream, SWEEP_MS } from '../upstream/upstream.ts';
import { type GeoParts, openGeo } from './geo.ts';
import type { InstallConfig } from './install.ts';
import { createPolicyEngine, type PolicyEngineParts } from './policy-engine.ts';
import { recognisedUsers } from './recognised-users.ts';
import { thirdPartyTokens } from './third-party-tokens.ts';
import { postForm } from './token-endpoint.ts';

export interface CompilerParts {
  readonly install: InstallConfig;
  /** PEM certificates that upstreams may present beside the system's roots. */
  readonly extraCas: readonly string[];
  /** `false`: this process only judges configurations, so upstreams begin nothing by themselves. */
  readonly isServing: boolean;
  /** Who compiles Rego. */
  readonly rego: PolicyEngineParts['compiles'];
  /** Told when an endpoint of an upstream goes down or comes back. */
  readonly warn: (message: string) => void;
  /** Bundles and servers of OPA. */
  readonly opa: OpaSupply;
  /** What assertions to upstreams are signed with. */
  readonly signingKeys: SigningKeys;
  /** What requests are counted by. */
  readonly limits: Limits;
  readonly metrics: Pick<Metrics, 'plugin'>;
  /** Plugins of the installation's own. */
  readonly scripts: ScriptSupply;
  /** The same, with other gateways; `null`: there is no Redis. */
  readonly shared: Shared | null;
}

/** A compiler whose upstreams have connections of their own; they are closed with `stack`. */
export function createCompiler(
  { install, extraCas, isServing, rego, warn, opa, signingKeys, limits, metrics, scripts, shared }: CompilerParts,
  stack: AsyncDisposableStack,
): Compiler {
  const resolve = new ResolveTable(install.resolve);
  const proxies = proxySettings(process.env);
  const sweeper = new Sweeper(SWEEP_MS);
  const create = (spec: UpstreamSpec) =>
    createUpstream(spec, { resolve, extraCas, proxies, sweeper, warn, clock: systemClock });
  const upstreams = new UpstreamRegistry(isServing ? create : (spec: UpstreamSpec) => idle(create(spec)));
  stack.defer(() => upstreams.close());
  return new Compiler({
    domain: install.domain,
    engine: createPolicyEngine({ ...install, compiles: rego }),
    opa,
    signingKeys,
    acceptTokens: thirdPartyTokens(install.domain),
    recognise: recognisedUsers(systemClock),
    clock: systemClock,
    tokens: new TokenStore(postForm, systemClock),
    limits,
    count: ({ service, plugin }, event) => metrics.plugin({ service, plugin, event }),
    allowsFaults: install.allowFaultInjectionThatBreaksRequestsOnPurpose,
    geo: openGeo({ install, role: geoRole(install, isServing), warn }, stack),
    scripts,
    shared,
    canonicalPath: canonicalPathOrNull,
    upstreams,
  });
}

function geoRole({ workers }: InstallConfig, isServing: boolean): GeoParts['role'] {
  if (!isServing) return 'judge';
  return workers === 1 ? 'alone' : 'worker';
}

function idle(upstream: PooledUpstream): OwnedUpstream {
  const { name, authority } = upstream;
  const converse: PooledUpstream['converse'] = (...call) => upstream.converse(...call);
  return {
    name,
    authority,
    start: () => {},
    forward: (x) => upstream.forward(x),
    converse,
    close: () => upstream.close(),
  };
}
