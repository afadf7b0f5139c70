import type { Engine } from '../../policies/engine.ts';
import type { PolicySet } from '../../policies/policy-set.ts';
import { NO_SOURCES, type OpaSources } from '../../policies/rego/sources.ts';
import { CidrSet } from '../base/cidr.ts';
import type { Clock } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { AssertionDeps } from '../credentials/identity-assertion.ts';
import type { TokenStore } from '../credentials/tokens/token-store.ts';
import type { Limits } from '../gateway/limits/limits.ts';
import type { IdentifyHook } from '../gateway/plugin.ts';
import type { CompiledService, CompiledSnapshot } from '../gateway/snapshot.ts';
import type { AcceptedToken, OpaSettings } from '../model/index.ts';
import { ResponseStore } from '../plugins/cache/store.ts';
import type { Shared } from '../plugins/deps.ts';
import type { Geo } from '../plugins/geo/place.ts';
import type { Scripts } from '../plugins/script/host.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { type HeldAddress, type HeldRow, toHeldAddress, toHeldRow } from './held-rows.ts';
import { compileIdentity } from './identity.ts';
import type { CountEvent, Recognise } from './plugins.ts';
import { compilePolicies, reportBundles } from './policies.ts';
import { Report } from './report.ts';
import { compileServices } from './service-routes.ts';
import { type KeptService, ServiceCompiler } from './services.ts';
import { type CompileInput, Standing } from './standing.ts';
import type { UpstreamRegistry } from './upstream-registry.ts';

export type { CompileInput };

/** What another process compiles, so that both serve the same. */
export interface Handed {
  readonly generation: number;
  /** Who answered where in the generation before. */
  readonly held: readonly HeldAddress[];
}

export interface CompileResult {
  readonly snapshot: CompiledSnapshot;
  /** Who answered where before this compilation; it decides ties. */
  readonly held: () => HeldAddress[];
  readonly diagnostics: readonly Diagnostic[];
  /** The snapshot serves from now on: what only older ones needed may go. */
  commit(): void;
  /** The snapshot is not going to serve. */
  discard(): void;
}

/** Gives what the settings name, without waiting for it. */
export interface OpaSupply {
  /** The same as long as the settings are. */
  sourcesOf(settings: OpaSettings | undefined): OpaSources;
  /** What serves from now on; the rest may go. */
  serve(sources: OpaSources): void;
}

/** The scripts that Services may list, as they are right now. */
export interface ScriptSupply extends Scripts {
  /** Another one whenever they have changed. */
  readonly revision: number;
  /** What is wrong with them. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompilerDeps {
  readonly domain: string;
  readonly engine: Engine;
  /** Where the bundles and servers of `spec.opa` come from; without it there are none. */
  readonly opa?: OpaSupply;
  readonly canonicalPath: (path: string) => string | null;
  readonly upstreams: UpstreamRegistry<UpstreamSpec>;
  /** What assertions to upstreams are signed with; without it, requests that need one are refused. */
  readonly signingKeys?: AssertionDeps['keys'];
  readonly clock?: Clock;
  /** Who acts where a plugin has recognised a User; without it nobody does. */
  readonly recognise?: Recognise;
  /** What requests are counted by; without it, those that need it are refused. */
  readonly limits?: Limits;
  /** Plugins may make requests fail on purpose; without it, a Service that lists such a one does not serve. */
  readonly allowsFaults?: boolean;
  /** Told of what plugins do beside the answer; without it, nobody is. */
  readonly count?: CountEvent;
  /** Where addresses are; without it, plugins that ask that are mistakes. */
  readonly geo?: Geo | null;
  /** What gateways share; without it, what needs it is a mistake. */
  readonly shared?: Shared | null;
  /** What credentials of upstreams are asked for; without it, requests that need one are refused. */
  readonly tokens?: TokenStore;
  /** Plugins of the installation's own; without it nothing is said of those that Services list. */
  readonly scripts?: ScriptSupply;
  /** Makes what identifies by tokens of other issuers; without it they are refused. */
  readonly acceptTokens?: (tokens: readonly AcceptedToken[], service: string) => IdentifyHook;
}

/** What was committed last. */
interface Committed {
  readonly generation: number;
  readonly policies: PolicySet | null;
  readonly engine: Engine | null;
  readonly kept: ReadonlyMap<string, KeptService>;
  /** Which Service answered where. */
  readonly rows: readonly HeldRow[];
}

/** What the caches of one process keep. */
const MOST_RESPONSE_BYTES = 64 * 1024 * 1024;

/** Makes snapshots. Remembers the last one that was committed, so that a change costs what changed. */
export class Compiler {
  readonly #deps: CompilerDeps;
  #committed: Committed = { generation: 0, policies: null, engine: null, kept: new Map(), rows: [] };

  readonly #responses = new ResponseStore(MOST_RESPONSE_BYTES);

  constructor(deps: CompilerDeps) {
    this.#deps = deps;
  }

  /**
   * Compiles, while the process goes on, what the last compilation had to leave out because it takes long; `false`:
   * there was nothing. Never rejects.
   */
  async prepare(signal: AbortSignal): Promise<boolean> {
    return (await this.#deps.engine.rego?.prepare(signal)) ?? false;
  }

  /** @param handed left out where the configuration is made */
  compile(input: CompileInput, handed: Handed | null = null): CompileResult {
    const rows = handed === null ? this.#committed.rows : handed.held.map(toHeldRow);
    const generation = handed?.generation ?? this.#committed.generation + 1;
    const before = { ...this.#committed, rows, generation, responses: this.#responses };
    const { snapshot, diagnostics, lease, next } = compileOnce(this.#deps, input, before);
    return {
      snapshot,
      held: () => rows.map(toHeldAddress),
      diagnostics,
      commit: () => {
        this.#committed = next;
        this.#deps.opa?.serve(next.engine?.opa ?? NO_SOURCES);
        lease.commit();
      },
      discard: () => lease.discard(),
    };
  }
}

/** What a compilation may use again, and who answered where. */
interface Before extends Committed {
  /** Of what is made now. */
  readonly generation: number;
  readonly responses: ResponseStore;
}

/** One run over all resources. */
function compileOnce(deps: CompilerDeps, input: CompileInput, { generation, ...before }: Before) {
  const report = new Report();
  const standing = new Standing(input);
  report.diagnostics.push(...(deps.scripts?.diagnostics ?? []));
  const { clusterConfig } = standing;
  const engine = engineFor(deps, standing, before.engine, report);
  const policies = compilePolicies(standing, engine, before.policies, report);
  const identity = compileIdentity(standing, engine, report);
  const lease = deps.upstreams.lease();
  const { kept, responses } = before;
  const compiler = new ServiceCompiler({ deps, standing, engine, policies, lease, kept, responses, report });
  const parts = { deps, standing, compiler, before: before.rows, report };
  const { services, table, answering } = compileServices(parts);
  const snapshot: CompiledSnapshot = {
    generation,
    domain: deps.domain,
    trustedProxies: new CidrSet(clusterConfig.spec.ingress?.trustedProxies ?? []),
    routes: table,
    cleartextHttp2: services.some(asksForHttp2),
    services: services.sort((a, b) => (a.name < b.name ? -1 : 1)),
    clusterConfig,
    ...identity,
  };
  const next: Committed = { generation, policies, engine, kept: compiler.kept, rows: answering };
  return { snapshot, diagnostics: report.diagnostics, lease, next };
}

/** The one of before when nothing has changed, so that what it compiled is kept. */
function engineFor({ engine, opa }: CompilerDeps, standing: Standing, before: Engine | null, report: Report): Engine {
  if (opa === undefined) return engine;
  const settings: OpaSettings | undefined = standing.clusterConfig.spec.opa;
  const sources = opa.sourcesOf(settings);
  reportBundles(standing, settings, sources, report);
  return before?.opa === sources ? before : { ...engine, opa: sources };
}

function asksForHttp2({ resource: { spec }, state }: CompiledService): boolean {
  if (state.kind !== 'ready' || spec.isPublic !== true) return false;
  return spec.mode === 'GRPC' || spec.config?.http?.listenHTTP2 === true;
}
