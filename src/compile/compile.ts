import type { AuthenticationRules } from '../../identity/authentication-rules.ts';
import { Directory } from '../../identity/directory/directory.ts';
import type { Identification } from '../../identity/identification.ts';
import { type CompiledAuthentication, compileAuthentication } from '../../policies/authentication.ts';
import type { Authorizer } from '../../policies/decision.ts';
import type { Engine } from '../../policies/engine.ts';
import { compileFactorRules, type FactorRules } from '../../policies/factor-rules.ts';
import { compilePolicySet, type PolicySet } from '../../policies/policy-set.ts';
import { NO_SOURCES, type OpaSources } from '../../policies/rego/sources.ts';
import { CidrSet } from '../base/cidr.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { FieldNames } from '../base/field-names.ts';
import type { AssertionDeps } from '../credentials/identity-assertion.ts';
import { buildServiceChain, type IdentifyHook } from '../gateway/plugin.ts';
import { SlotTable } from '../gateway/slot.ts';
import type { CompiledService, CompiledSnapshot, ServiceState } from '../gateway/snapshot.ts';
import {
  type AcceptedToken,
  assertionHeaders,
  type BrokenResource,
  type ClusterConfig,
  canonicalName,
  DEFAULT_NAMESPACE,
  type IdentityProvider,
  isStandInName,
  type Kind,
  type Namespace,
  namespaceOf,
  type OpaSettings,
  ResourceSet,
  type Service,
  type Sourced,
  type SourcedResource,
  type User,
} from '../model/index.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { brokenRows } from './broken-rows.ts';
import { type HeldAddress, type HeldRow, toHeldAddress, toHeldRow } from './held-rows.ts';
import { hostsOf } from './hosts.ts';
import { expressionProblems, nameOf, type Problem, problem, toDiagnostic } from './problem.ts';
import { buildRoutes, type RouteRow, type RouteTie, rowsOf, type TieRule } from './routes.ts';
import { compilePatterns, compileService, type ServiceParts } from './service.ts';
import { isBroken, tieRule } from './ties.ts';
import type { UpstreamLease, UpstreamRegistry } from './upstream-registry.ts';

export interface CompileInput {
  readonly resources: readonly SourcedResource[];
  /** Resources that were not accepted; Services among them still match and refuse. */
  readonly broken: readonly BrokenResource[];
  /** `Kind/name` of resources that are written soundly and cannot work, with the reason. */
  readonly faults: ReadonlyMap<string, string>;
}

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
  /** Makes what identifies by tokens of other issuers; without it they are refused. */
  readonly acceptTokens?: (tokens: readonly AcceptedToken[], service: string) => IdentifyHook;
}

interface Kept {
  /** A Service that was compiled for other bundles is compiled again. */
  readonly engine: Engine;
  readonly digest: string;
  readonly parts: ServiceParts;
}

/** Makes snapshots. Remembers the last one that was committed, so that a change costs what changed. */
export class Compiler {
  readonly #deps: CompilerDeps;
  #generation = 0;
  #policies: PolicySet | null = null;
  #kept: ReadonlyMap<string, Kept> = new Map();
  #engine: Engine | null = null;
  #rows: readonly HeldRow[] = [];

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
    const rows = handed === null ? this.#rows : handed.held.map(toHeldRow);
    const before = { policies: this.#policies, kept: this.#kept, rows, engine: this.#engine };
    const run = new Compilation(this.#deps, input, before);
    const snapshot = run.snapshot(handed?.generation ?? this.#generation + 1);
    return {
      snapshot,
      held: () => rows.map(toHeldAddress),
      diagnostics: run.diagnostics,
      commit: () => {
        this.#generation = snapshot.generation;
        this.#policies = run.policies;
        this.#engine = run.engine;
        this.#deps.opa?.serve(run.engine.opa ?? NO_SOURCES);
        this.#kept = run.kept;
        this.#rows = run.rows;
        run.lease.commit();
      },
      discard: () => run.lease.discard(),
    };
  }
}

/** What was committed last. */
interface Before {
  readonly policies: PolicySet | null;
  readonly kept: ReadonlyMap<string, Kept>;
  /** Which Service answered where. */
  readonly rows: readonly HeldRow[];
  readonly engine: Engine | null;
}

const NO_CHAIN = buildServiceChain([]);

const NOT_RESPONSIBLE: Identification = { kind: 'not-responsible' };

const NO_KEYS: AssertionDeps['keys'] = { current: () => null };

/** A Service that is not ready is refused before anyone is asked for a decision. */
const NEVER: Authorizer = {
  authorize: () => ({ effect: 'deny', reason: 'policy-error', policy: null, rule: null, detail: 'service not ready' }),
};

/** One run over all resources. */
class Compilation {
  readonly diagnostics: Diagnostic[] = [];
  readonly lease: UpstreamLease<UpstreamSpec>;
  readonly policies: PolicySet;
  readonly #providers: readonly IdentityProvider[];
  readonly #authentication: AuthenticationRules;
  readonly kept = new Map<string, Kept>();
  /** Of all conditions of this configuration. */
  readonly engine: Engine;
  rows: readonly RouteRow[] = [];
  readonly #deps: CompilerDeps;
  readonly #input: CompileInput;
  readonly #before: Before;
  readonly #resources: ResourceSet;
  readonly #clusterConfig: ClusterConfig;
  /** What an expression of an inline policy broke, by the owner's `Kind/name`. */
  readonly #policyFaults = new Map<string, string>();

  constructor(deps: CompilerDeps, input: CompileInput, before: Before) {
    this.#deps = deps;
    this.#input = input;
    this.#before = before;
    this.lease = deps.upstreams.lease();
    this.#resources = ResourceSet.withBuiltIns(input.resources);
    this.#clusterConfig = this.#resources.get('ClusterConfig', 'default')!.resource;
    this.engine = this.#engineWith(this.#clusterConfig.spec.opa);
    this.policies = this.#compilePolicies(before.policies);
    const { rules, problems } = this.#compileProviders();
    this.#authentication = rules;
    const faulty = new Set(problems.map(({ provider }) => provider));
    this.#providers = this.#enabledProviders().filter((provider) => !faulty.has(provider));
  }

  snapshot(generation: number): CompiledSnapshot {
    const rows: RouteRow[] = [];
    const services = [...this.#sound(rows), ...this.#unsound(rows)];
    const { table, ties, answering } = buildRoutes(rows, this.#tieRule());
    this.rows = answering;
    for (const tie of ties) this.#reportTie(tie);
    return {
      generation,
      domain: this.#deps.domain,
      trustedProxies: new CidrSet(this.#clusterConfig.spec.ingress?.trustedProxies ?? []),
      ...this.#identityFields(),
      routes: table,
      cleartextHttp2: services.some(asksForHttp2),
      services: services.sort((a, b) => (a.name < b.name ? -1 : 1)),
      directory: new Directory(
        this.#users(),
        this.#working('Group', 'kept'),
        this.#working('Credential'),
        this.#clusterConfig.spec.session,
      ),
      identityProviders: this.#providers,
      authentication: this.#authentication,
      clusterConfig: this.#clusterConfig,
      factorRules: this.#factorRules(),
    };
  }

  /** Those of broken Services too: another one may lead to the same upstream. */
  #identityFields(): Pick<CompiledSnapshot, 'identityFields'> {
    const sound = this.#resources.list('Service').map(({ resource }) => resource);
    const broken = this.#input.broken.flatMap(({ resource }) => (resource?.kind === 'Service' ? [resource] : []));
    const names = [...sound, ...broken].flatMap(identityHeadersOf);
    return names.length === 0 ? {} : { identityFields: new FieldNames(names) };
  }

  #factorRules(): FactorRules {
    const sourced = this.#resources.get('ClusterConfig', 'default')!;
    const { rules, problems } = compileFactorRules(sourced.resource.spec.authenticator, this.engine);
    const found = expressionProblems(['spec', 'authenticator'], problems);
    this.diagnostics.push(...found.map((one) => toDiagnostic(sourced, one)));
    return rules;
  }

  /** The one of before when nothing has changed, so that what it compiled is kept. */
  #engineWith(settings: OpaSettings | undefined): Engine {
    const { engine, opa } = this.#deps;
    if (opa === undefined) return engine;
    const sources = opa.sourcesOf(settings);
    this.#reportBundles(settings, sources);
    return this.#before.engine?.opa === sources ? this.#before.engine : { ...engine, opa: sources };
  }

  /** What is in a file can be known at once; conditions that need it deny. */
  #reportBundles({ bundles = [] }: OpaSettings = {}, sources: OpaSources): void {
    const sourced = this.#resources.get('ClusterConfig', 'default')!;
    for (const [i, { name, file }] of bundles.entries()) {
      const because = sources.bundles.get(name)?.problem ?? '';
      if (file === undefined || because === '') continue;
      const found = problem(['spec', 'opa', 'bundles', i, 'file'], `the bundle cannot be used: ${because}`);
      this.diagnostics.push({ ...toDiagnostic(sourced, found), severity: 'warning' });
    }
  }

  #enabledProviders(): IdentityProvider[] {
    return this.#working('IdentityProvider').filter(({ spec }) => spec.isDisabled !== true);
  }

  /** Nobody signs in at a provider whose rules cannot work. */
  #compileProviders(): CompiledAuthentication {
    const compiled = compileAuthentication(this.#working('IdentityProvider'), Date.now);
    for (const { provider, path, line, column, message, suggestion } of compiled.problems) {
      const sourced = this.#resources.get('IdentityProvider', provider.metadata.name)!;
      this.diagnostics.push(toDiagnostic(sourced, { path, message, suggestion, inText: { line, column } }));
    }
    return compiled;
  }

  /** A Policy that cannot work is left out, and what refers to it denies. */
  #compilePolicies(previous: PolicySet | null): PolicySet {
    const owners = (['Service', 'Namespace', 'User', 'Group', 'Credential', 'ClusterConfig'] as const).flatMap((kind) =>
      this.#resources.list(kind).map(({ resource }) => resource),
    );
    const policies = this.#working('Policy');
    const set = compilePolicySet({ policies, owners, engine: this.engine, previous });
    for (const { owner, path, line, column, message, suggestion, isShadow } of set.problems) {
      const sourced = this.#resources.get(owner.kind, owner.metadata.name)!;
      this.diagnostics.push(toDiagnostic(sourced, { path, message, suggestion, inText: { line, column } }));
      if (!isShadow) this.#policyFaults.set(nameOf(sourced.resource), message);
    }
    for (const { owner, ...found } of set.advice) {
      const sourced = this.#resources.get(owner.kind, owner.metadata.name)!;
      this.diagnostics.push({ ...toDiagnostic(sourced, found), severity: 'warning' });
    }
    return set;
  }

  /**
   * Resources of a kind without those that have a fault. A Group with a fault is kept: it may deny, and what it
   * attaches and is missing denies too.
   */
  #working<K extends 'Credential' | 'User' | 'Group' | 'Policy' | 'IdentityProvider'>(
    kind: K,
    faulty: 'dropped' | 'kept' = 'dropped',
  ) {
    return this.#resources
      .list(kind)
      .map(({ resource }) => resource)
      .filter((resource) => faulty === 'kept' || !this.#input.faults.has(nameOf(resource)));
  }

  /** A user one of whose Groups is missing or broken might escape what that Group denies, so nobody is that user. */
  #users(): User[] {
    return this.#working('User').filter(({ spec }) =>
      (spec.groups ?? []).every(
        (name) => this.#resources.has('Group', name) && this.#brokenBecause('Group', name) === null,
      ),
    );
  }

  #sound(rows: RouteRow[]): CompiledService[] {
    return this.#resources.list('Service').map((sourced) => this.#service(sourced, rows));
  }

  #service(sourced: Sourced<'Service'>, rows: RouteRow[]): CompiledService {
    const { resource } = sourced;
    const parts = this.#partsOf(resource);
    const problems = parts.ok ? [] : parts.problems.filter(({ isTold }) => isTold !== true);
    for (const found of problems) this.diagnostics.push(toDiagnostic(sourced, found));
    const fault = this.#faultOf(resource) ?? (parts.ok ? null : (parts.problems[0]?.message ?? 'it does not compile'));
    const service =
      fault === null && parts.ok ? this.#ready(resource, parts.parts) : this.#broken(resource, fault ?? '');
    if (resource.spec.isPublic === true) {
      rows.push(...this.#rowsOf(service, parts.ok ? parts.parts.patterns : parts.patterns));
    }
    return service;
  }

  #partsOf(service: Service): ReturnType<typeof compileService> {
    const { name } = service.metadata;
    const digest = JSON.stringify(service.spec);
    const before = this.#before.kept.get(name);
    const result =
      before?.digest === digest && before.engine === this.engine
        ? this.#reuse(before.parts)
        : this.#compileParts(service);
    if (result.ok) this.kept.set(name, { digest, engine: this.engine, parts: result.parts });
    return result;
  }

  #compileParts(service: Service) {
    const { canonicalPath, domain, signingKeys = NO_KEYS, clock = systemClock, acceptTokens } = this.#deps;
    const { engine, lease } = this;
    return compileService(service, {
      engine,
      canonicalPath,
      clock,
      slots: new SlotTable(),
      acceptTokens: acceptTokens ?? (() => async () => NOT_RESPONSIBLE),
      assertions: { keys: signingKeys, clock, issuer: `https://${domain}` },
      originOf: ({ metadata }) => `https://${hostsOf(canonicalName('Service', metadata.name), domain, [])[0]}`,
      upstream: (spec) => lease.take(spec),
      pool: () => lease.pool(),
    });
  }

  #reuse(parts: ServiceParts) {
    for (const spec of parts.upstreams) this.lease.take(spec);
    if (parts.pool !== null) this.lease.keep(parts.pool);
    return { ok: true as const, parts };
  }

  #faultOf(service: Service): string | null {
    const name = nameOf(service);
    const cluster = this.#input.faults.get('ClusterConfig/default') ?? this.#brokenClusterConfig();
    const own = this.#input.faults.get(name) ?? this.#policyFaults.get(name) ?? this.#missingNamespace(service);
    return own ?? (cluster === null || cluster === undefined ? null : `the ClusterConfig is broken: ${cluster}`);
  }

  #missingNamespace({ metadata }: Service): string | null {
    const namespace = namespaceOf(metadata.name);
    const because = this.#brokenNamespace(namespace);
    if (because !== null) return `its Namespace "${namespace}" is broken: ${because}`;
    return this.#resources.has('Namespace', namespace) ? null : `its Namespace "${namespace}" is missing or broken`;
  }

  /** The default Namespace is there in any case, so one whose name cannot be read may have been meant to be it. */
  #brokenNamespace(name: string): string | null {
    const nameless = name === DEFAULT_NAMESPACE ? this.#input.broken.find(isNamelessNamespace)?.because : undefined;
    return this.#brokenBecause('Namespace', name) ?? this.#input.faults.get(`Namespace/${name}`) ?? nameless ?? null;
  }

  #brokenBecause(kind: Kind, name: string): string | null {
    return this.#input.broken.find((one) => one.kind === kind && one.name === name)?.because ?? null;
  }

  #brokenClusterConfig(): string | null {
    return this.#input.broken.find(({ kind }) => kind === 'ClusterConfig')?.because ?? null;
  }

  #ready(resource: Service, parts: ServiceParts): CompiledService {
    const namespace = this.#namespaceOf(resource);
    return {
      ...this.#frame(resource, namespace, resource.spec.isDisabled === true ? { kind: 'disabled' } : { kind: 'ready' }),
      buffering: parts.buffering,
      bodyLimit: parts.bodyLimit,
      chain: parts.chain,
      authorizer: this.policies.authorizerFor(resource, namespace, this.#clusterConfig),
      selector: parts.selector,
    };
  }

  #broken(resource: Service, because: string): CompiledService {
    return {
      ...this.#frame(resource, this.#namespaceOf(resource), { kind: 'broken', because }),
      buffering: null,
      bodyLimit: 0,
      chain: NO_CHAIN,
      authorizer: NEVER,
      selector: { select: () => ({ kind: 'none' }) },
    };
  }

  #frame(resource: Service, namespace: Namespace, state: ServiceState) {
    const name = canonicalName('Service', resource.metadata.name);
    const hosts = hostsOf(name, this.#deps.domain, resource.spec.hosts ?? []);
    return { name, resource, namespace, hosts, state, anonymous: resource.spec.isAnonymous === true };
  }

  /** A missing Namespace is a fault of the Service, so whatever stands in for it serves nothing. */
  #namespaceOf(resource: Service): Namespace {
    const found = this.#resources.get('Namespace', namespaceOf(resource.metadata.name));
    return (found ?? this.#resources.get('Namespace', 'default')!).resource;
  }

  #unsound(rows: RouteRow[]): CompiledService[] {
    return this.#input.broken.flatMap(({ resource, because }) => {
      if (resource?.kind !== 'Service') return [];
      const service = this.#broken(resource, because);
      rows.push(...this.#unsoundRows(service));
      return [service];
    });
  }

  /** Whether it is public may be unknown; then it answers where it did. */
  #unsoundRows(service: CompiledService): RouteRow[] {
    const { isPublic } = service.resource.spec;
    if (isPublic === true) return this.#rowsOf(service, compilePatterns(service.resource, this.#deps).patterns);
    if (isPublic === false) return [];
    return this.#before.rows.filter((row) => row.service.name === service.name).map((row) => ({ ...row, service }));
  }

  #rowsOf(service: CompiledService, patterns: ServiceParts['patterns']): RouteRow[] {
    const { match } = service.resource.spec;
    const given = { patterns, methods: methodsOf(match?.methods), priority: match?.priority ?? 0 };
    if (service.state.kind !== 'broken') return rowsOf(service, given);
    return brokenRows(service, given, hostsOf(service.name, this.#deps.domain, []), this.#before.rows);
  }

  #tieRule(): TieRule {
    return tieRule(this.#before.rows, (row, { service: rival }) => {
      const because = `Service/${rival.name} claims ${row.host} too, with an equally specific match`;
      return { ...row, service: this.#broken(row.service.resource, because) };
    });
  }

  /** A broken Service is told of already, and what it claims may be guessed. */
  #reportTie(tie: RouteTie): void {
    const sourced = this.#resources.get('Service', tie.second.service.name);
    if (sourced === null || isBroken(tie.first) || isBroken(tie.second)) return;
    this.diagnostics.push(toDiagnostic(sourced, tieProblem(tie)));
  }
}

function identityHeadersOf({ spec: { config, dynamicConfig } }: Service): string[] {
  return [config, ...(dynamicConfig?.configs ?? [])].flatMap((one) => {
    const assertion = one?.http?.identityAssertion;
    return assertion === undefined ? [] : assertionHeaders(assertion);
  });
}

function isNamelessNamespace({ kind, name }: BrokenResource): boolean {
  return kind === 'Namespace' && isStandInName(name);
}

/** Whoever may GET may ask for the head of the answer (RFC 9110 9.3.2). */
function methodsOf(methods: readonly string[] | undefined): ReadonlySet<string> | null {
  if (methods === undefined) return null;
  return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}

function tieProblem({ first, second }: RouteTie): Problem {
  const what = second.pattern.kind === 'any' ? 'every path' : second.pattern.shape;
  const message = `Service/${first.service.name} claims ${first.host} with an equally specific match (${what})`;
  return problem(
    ['spec', second.service.resource.spec.match === undefined ? 'isPublic' : 'match'],
    message,
    'set match.priority',
  );
}

function asksForHttp2({ resource: { spec }, state }: CompiledService): boolean {
  if (state.kind !== 'ready' || spec.isPublic !== true) return false;
  return spec.mode === 'GRPC' || spec.config?.http?.listenHTTP2 === true;
}
