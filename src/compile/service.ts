import { hash } from 'node:crypto';
import { type ComputeConfig, type ConfigSelector, compileSelector } from '../../policies/select.ts';
import { buildServiceChain, type Chain, type IdentifyHook } from '../gateway/plugin.ts';
import type { Buffering, CompiledConfig } from '../gateway/snapshot.ts';
import { type AcceptedToken, canonicalName, type KeyPath, MOST_BUFFERED_BYTES, type Service } from '../model/index.ts';
import { plugin as corsPlugin } from '../plugins/cors/cors.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { computedConfigs } from './computed-configs.ts';
import { type ConfigCompilation, type ConfigDeps, type ConfigParts, compileConfig } from './config.ts';
import { neverMatching } from './never-matching.ts';
import { withParent } from './parents.ts';
import { compilePathPattern, literalStart, type PathMatchSpec, type PathPattern, textPrefix } from './path-pattern.ts';
import { makePlugin, pluginsOf } from './plugins.ts';
import { expressionProblems, type Problem, problem } from './problem.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What a Service is made of, apart from the policies, which change without it. */
export interface ServiceParts {
  readonly patterns: readonly PathPattern[];
  readonly chain: Chain;
  readonly buffering: Buffering | null;
  readonly bodyLimit: number;
  readonly selector: ConfigSelector<CompiledConfig>;
  /** What its upstreams were made from, so that a reuse keeps them. */
  readonly upstreams: readonly UpstreamSpec[];
  /** Of configs that its rules compute; `null` when none does. */
  readonly pool: UpstreamPool<UpstreamSpec> | null;
}

export interface ServiceDeps extends ConfigDeps {
  /** Of its first host. */
  readonly originOf: (service: Service) => string;
  readonly pool: () => UpstreamPool<UpstreamSpec>;
  /** What identifies by tokens of other issuers, for a Service of that canonical name. */
  readonly acceptTokens: (tokens: readonly AcceptedToken[], service: string) => IdentifyHook;
}

export type ServiceCompilation =
  | { readonly ok: true; readonly parts: ServiceParts }
  /** The patterns that are sound: a broken Service still matches. */
  | { readonly ok: false; readonly patterns: readonly PathPattern[]; readonly problems: readonly Problem[] };

/** 32 MiB (octelium.md §2.8). */
const DEFAULT_BUFFER_LIMIT = 32 * 1024 * 1024;

export function compileService(service: Service, deps: ServiceDeps): ServiceCompilation {
  const { patterns, problems } = compilePatterns(service, deps);
  const asked: UpstreamSpec[] = [];
  const chain = chainOf(service, deps, problems, asked);
  const configs = configsOf(service, deps.originOf(service));
  const compiled = configs.map((parts) => ({ parts, result: compileConfig(parts, deps) }));
  const found = [...problems, ...ownProblems(compiled)];
  if (found.length > 0) return { ok: false, patterns, problems: found };
  const ready = compiled.flatMap(({ result }) => (result.ok ? [result] : []));
  const compiledConfigs = ready.map(({ config }) => config);
  const pool = computes(service) ? deps.pool() : null;
  const selection = selectorOf(service, compiledConfigs, deps, pool);
  if (!selection.ok) return { ok: false, patterns, problems: selection.problems };
  const upstreams = [...asked, ...ready.flatMap((one) => one.upstreams)];
  const parts = {
    patterns,
    chain,
    buffering: bufferingOf(service, configs),
    bodyLimit: service.spec.config?.http?.body?.maxRequestSize ?? Number.POSITIVE_INFINITY,
    selector: selection.selector,
    upstreams,
    pool,
  };
  return { ok: true, parts };
}

interface Compiled {
  readonly parts: ConfigParts;
  readonly result: ConfigCompilation;
}

/** What a config has from its parent is told where it is written, and not once more for each child. */
function ownProblems(compiled: readonly Compiled[]): Problem[] {
  const all = compiled.flatMap(({ parts, result }) =>
    result.ok ? [] : result.problems.map((one) => ({ parts, one, place: `${parts.name} ${placeIn(parts, one)}` })),
  );
  const places = new Set(all.map(({ place }) => place));
  return all.flatMap(({ parts, one }) => {
    const { parent } = parts.config;
    return parent !== undefined && places.has(`${parent} ${placeIn(parts, one)}`) ? [] : [one];
  });
}

function placeIn({ path: config }: ConfigParts, { path, message }: Problem): string {
  return JSON.stringify([path.slice(config.length), message]);
}

/** PRE_AUTH plugins are those of the default config, because no config is chosen yet. */
function chainOf(service: Service, deps: ServiceDeps, problems: Problem[], upstreams: UpstreamSpec[]): Chain {
  const tokens = service.spec.authentication?.tokens ?? [];
  const name = canonicalName('Service', service.metadata.name);
  const isAnonymous = service.spec.isAnonymous === true;
  const { mode } = service.spec;
  const fingerprint = () => hash('sha256', JSON.stringify(service.spec), 'base64url');
  const bench = { ...deps, service: name, config: 'default', isAnonymous, mode, fingerprint, problems, upstreams };
  const listed = service.spec.config?.http?.plugins ?? [];
  problems.push(...misplaced(service));
  const rules = service.spec.config?.http?.cors ?? null;
  const at = { path: ['spec', 'config', 'http', 'cors'], plugin: 'http.cors' };
  const cors = makePlugin(corsPlugin, rules, at, bench);
  const isListed = listed.some((one) => one.cors !== undefined && one.isDisabled !== true);
  if (isListed && rules !== null) problems.push(problem(at.path, 'plugins have such rules too', 'keep one of them'));
  return buildServiceChain([
    // Preflights that no listed rules are for come to the one that refuses them.
    ...(isListed ? [] : [cors]),
    ...pluginsOf(listed, 'PRE_AUTH', ['spec', 'config', 'http', 'plugins'], bench),
    ...(isListed ? [cors] : []),
    ...(tokens.length === 0 ? [] : [{ identify: deps.acceptTokens(tokens, name) }]),
  ]);
}

function misplaced({ spec }: Service): Problem[] {
  return (spec.dynamicConfig?.configs ?? []).flatMap(({ http }, i) =>
    (http?.plugins ?? []).flatMap(({ phase }, j) =>
      phase === 'PRE_AUTH'
        ? [misplacedPlugin(['spec', 'dynamicConfig', 'configs', i, 'http', 'plugins', j, 'phase'])]
        : [],
    ),
  );
}

function misplacedPlugin(path: KeyPath): Problem {
  const message = 'which config a request gets is not known before it is allowed';
  return problem(path, message, 'move the plugin to spec.config.http.plugins');
}

export function compilePatterns({ spec }: Service, { canonicalPath }: Pick<ConfigDeps, 'canonicalPath'>) {
  const patterns: PathPattern[] = [];
  const problems: Problem[] = [];
  for (const [i, path] of (spec.match?.paths ?? []).entries()) {
    const at: KeyPath = ['spec', 'match', 'paths', i, Object.keys(path)[0] ?? ''];
    const never = neverMatching(path, canonicalPath);
    if (never !== null) problems.push(problem(at, never.message, never.suggestion));
    const compiled = compilePattern(never?.canonical ?? path);
    patterns.push(compiled.pattern);
    if (compiled.message !== null) problems.push(problem(at, compiled.message));
  }
  return { patterns, problems };
}

/** A pattern that does not compile claims everything that it may have meant. */
function compilePattern(path: PathMatchSpec): { readonly pattern: PathPattern; readonly message: string | null } {
  try {
    return { pattern: compilePathPattern(path), message: null };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return { pattern: textPrefix(literalStart(path)), message: thrown.message };
  }
}

/** The default config under the name `default`, then the named ones laid over their parents. */
function configsOf({ metadata, spec }: Service, audience: string): ConfigParts[] {
  const service = canonicalName('Service', metadata.name);
  const anonymous = spec.isAnonymous === true;
  const { mode } = spec;
  const named = spec.dynamicConfig?.configs ?? [];
  const own =
    spec.config === undefined
      ? []
      : [
          {
            service,
            name: 'default',
            config: spec.config,
            path: ['spec', 'config'] as KeyPath,
            anonymous,
            mode,
            audience,
          },
        ];
  const others = named.map((config, i) => ({
    service,
    name: config.name,
    config: withParent(config, spec),
    path: ['spec', 'dynamicConfig', 'configs', i] as KeyPath,
    anonymous,
    mode,
    audience,
  }));
  return [...own, ...others];
}

function computes({ spec }: Service): boolean {
  return (spec.dynamicConfig?.rules ?? []).some((rule) => rule.eval !== undefined || rule.opa !== undefined);
}

function selectorOf(
  service: Service,
  configs: readonly CompiledConfig[],
  deps: ServiceDeps,
  pool: UpstreamPool<UpstreamSpec> | null,
) {
  const { engine } = deps;
  const byName = new Map(configs.map((config) => [config.name, config]));
  const defaultConfig = byName.get('default') ?? null;
  byName.delete('default');
  const rules = service.spec.dynamicConfig?.rules ?? [];
  const compute = pool === null ? NO_RULE_COMPUTES : computedConfigs(service, deps, pool);
  const compiled = compileSelector<CompiledConfig>({
    rules,
    configs: byName,
    defaultConfig,
    compute,
    engine,
    service: canonicalName('Service', service.metadata.name),
  });
  if (compiled.ok) return compiled;
  const problems = expressionProblems(['spec', 'dynamicConfig', 'rules'], compiled.problems);
  return { ok: false as const, problems: problems.map(toldByCheck) };
}

/** Nothing asks for it. */
const NO_RULE_COMPUTES: ComputeConfig<CompiledConfig> = () => ({ kind: 'none' });

/** Names of configs, of a rule and of its split, and a split that could choose none of them. */
const TOLD_BY_CHECK: ReadonlySet<string | number | undefined> = new Set(['configName', 'name', 'configs']);

/** What is checked with all other references. */
function toldByCheck(found: Problem): Problem {
  return TOLD_BY_CHECK.has(found.path.at(-1)) ? { ...found, isTold: true } : found;
}

/** Of the default config, because the body is read before a config is chosen; or of any whose signature needs it. */
function bufferingOf({ spec }: Service, configs: readonly ConfigParts[]): Buffering | null {
  const { enableRequestBuffering: isAsked = false, body } = spec.config?.http ?? {};
  if (!isAsked && !configs.some(signsBodies)) return null;
  const limit = Math.min(body?.maxRequestSize ?? DEFAULT_BUFFER_LIMIT, MOST_BUFFERED_BYTES);
  return { limit, json: isAsked && body?.mode === 'JSON' };
}

function signsBodies({ config }: ConfigParts): boolean {
  const sigv4 = config.http?.auth?.sigv4;
  return sigv4 !== undefined && sigv4.streamBodiesThatNothingProves !== true;
}
