import type { Identification } from '../../identity/identification.ts';
import type { Authorizer } from '../../policies/decision.ts';
import type { Engine } from '../../policies/engine.ts';
import type { PolicySet } from '../../policies/policy-set.ts';
import { systemClock } from '../base/clock.ts';
import type { AssertionDeps } from '../credentials/identity-assertion.ts';
import { TokenStore } from '../credentials/tokens/token-store.ts';
import { NO_LIMITS } from '../gateway/limits/limits.ts';
import { buildServiceChain } from '../gateway/plugin.ts';
import { SlotTable } from '../gateway/slot.ts';
import type { CompiledService, ServiceState } from '../gateway/snapshot.ts';
import { canonicalName, type Service, type Sourced } from '../model/index.ts';
import type { ResponseStore } from '../plugins/cache/store.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import type { CompilerDeps } from './compile.ts';
import { hostsOf } from './hosts.ts';
import type { PathPattern } from './path-pattern.ts';
import type { Report } from './report.ts';
import { mayListScripts, UNKNOWN_SCRIPTS } from './scripts.ts';
import { compileService, type ServiceCompilation, type ServiceParts } from './service.ts';
import type { Standing } from './standing.ts';
import type { UpstreamLease } from './upstream-registry.ts';

/** What was made of a Service, and of what. */
export interface KeptService {
  /** A Service that was compiled for other bundles is compiled again. */
  readonly engine: Engine;
  readonly digest: string;
  readonly parts: ServiceParts;
}

export interface ServiceCompilerParts {
  readonly deps: CompilerDeps;
  readonly standing: Standing;
  readonly engine: Engine;
  readonly policies: PolicySet;
  readonly lease: UpstreamLease<UpstreamSpec>;
  readonly kept: ReadonlyMap<string, KeptService>;
  readonly responses: ResponseStore;
  readonly report: Report;
}

export interface ServiceWithPatterns {
  readonly service: CompiledService;
  /** Also of a Service that is broken: it still matches. */
  readonly patterns: readonly PathPattern[];
}

const NO_CHAIN = buildServiceChain([]);

const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };

const NO_TOKENS = new TokenStore(() => Promise.reject(new Error('nobody is asked here')), systemClock);

const NO_KEYS: AssertionDeps['keys'] = { current: () => null };

/** A Service that is not ready is refused before anyone is asked for a decision. */
const NEVER: Authorizer = {
  authorize: () => ({ effect: 'deny', reason: 'policy-error', policy: null, rule: null, detail: 'service not ready' }),
};

/** Compiles the Services of one configuration; what has not changed is used again. */
export class ServiceCompiler {
  /** By name, for the next compilation. */
  readonly kept = new Map<string, KeptService>();
  readonly #parts: ServiceCompilerParts;

  constructor(parts: ServiceCompilerParts) {
    this.#parts = parts;
  }

  compile(sourced: Sourced<'Service'>): ServiceWithPatterns {
    const { report, standing } = this.#parts;
    const { resource } = sourced;
    const result = this.#partsOf(resource);
    const problems = result.ok ? [] : result.problems;
    for (const found of problems) if (found.isTold !== true) report.error(sourced, found);
    const fault = standing.faultOf(resource) ?? (result.ok ? null : (problems[0]?.message ?? 'it does not compile'));
    const patterns = result.ok ? result.parts.patterns : result.patterns;
    if (fault !== null || !result.ok) return { service: this.broken(resource, fault ?? ''), patterns };
    return { service: this.#ready(resource, result.parts), patterns };
  }

  /** It matches and refuses. */
  broken(resource: Service, because: string): CompiledService {
    return {
      ...this.#frame(resource, { kind: 'broken', because }),
      buffering: null,
      bodyLimit: 0,
      chain: NO_CHAIN,
      authorizer: NEVER,
      selector: { select: () => ({ kind: 'none' }) },
    };
  }

  #ready(resource: Service, { buffering, bodyLimit, chain, selector }: ServiceParts): CompiledService {
    const { policies, standing } = this.#parts;
    const frame = this.#frame(resource, resource.spec.isDisabled === true ? { kind: 'disabled' } : { kind: 'ready' });
    const authorizer = policies.authorizerFor(resource, frame.namespace, standing.clusterConfig);
    return { ...frame, buffering, bodyLimit, chain, authorizer, selector };
  }

  #frame(resource: Service, state: ServiceState) {
    const name = canonicalName('Service', resource.metadata.name);
    const hosts = hostsOf(name, this.#parts.deps.domain, resource.spec.hosts ?? []);
    const namespace = this.#parts.standing.namespaceOf(resource);
    return { name, resource, namespace, hosts, state, anonymous: resource.spec.isAnonymous === true };
  }

  #partsOf(service: Service): ServiceCompilation {
    const { engine, kept } = this.#parts;
    const { name } = service.metadata;
    const digest = this.#digestOf(service);
    const before = kept.get(name);
    const isSame = before?.digest === digest && before.engine === engine;
    const result = isSame ? this.#reuse(before.parts) : this.#compileParts(service);
    if (result.ok) this.kept.set(name, { digest, engine, parts: result.parts });
    return result;
  }

  /** Scripts change without the Services that list them. */
  #digestOf(service: Service): string {
    const { scripts } = this.#parts.deps;
    const revision = scripts !== undefined && mayListScripts(service) ? scripts.revision : '';
    return `${revision}${JSON.stringify(service.spec)}`;
  }

  #compileParts(service: Service): ServiceCompilation {
    const { engine, lease, deps, responses } = this.#parts;
    const { canonicalPath, domain, acceptTokens, recognise } = deps;
    const {
      signingKeys = NO_KEYS,
      clock = systemClock,
      tokens = NO_TOKENS,
      limits = NO_LIMITS,
      geo = null,
      shared = null,
    } = deps;
    return compileService(service, {
      engine,
      canonicalPath,
      clock,
      slots: new SlotTable(),
      acceptTokens: acceptTokens ?? (() => async () => NOT_RESPONSIBLE),
      recognise: recognise ?? (() => NOT_RESPONSIBLE),
      scripts: deps.scripts ?? UNKNOWN_SCRIPTS,
      assertions: { keys: signingKeys, clock, issuer: `https://${domain}` },
      tokens,
      limits,
      allowsFaults: deps.allowsFaults === true,
      count: deps.count ?? (() => {}),
      shared,
      responses,
      geo,
      originOf: ({ metadata }) => `https://${hostsOf(canonicalName('Service', metadata.name), domain, [])[0]}`,
      upstream: (spec) => lease.take(spec),
      pool: () => lease.pool(),
    });
  }

  #reuse(parts: ServiceParts): ServiceCompilation {
    const { lease } = this.#parts;
    for (const spec of parts.upstreams) lease.take(spec);
    if (parts.pool !== null) lease.keep(parts.pool);
    return { ok: true, parts };
  }
}
