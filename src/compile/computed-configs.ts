import type { ComputeConfig, Selection } from '../../policies/select.ts';
import { Lru } from '../base/lru.ts';
import type { CompiledConfig } from '../gateway/snapshot.ts';
import { canonicalName, readComputedConfig, type Service } from '../model/index.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { compileConfig } from './config.ts';
import { withParent } from './parents.ts';
import { dotted } from './problem.ts';
import type { ServiceDeps } from './service.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** What one Service keeps; a request whose config is not among them compiles it. */
const MOST_CONFIGS = 200;

interface Computed {
  readonly selection: Selection<CompiledConfig>;
  readonly upstreams: readonly UpstreamSpec[];
}

/** Configs that the rules of one Service compute, compiled when they are first needed. */
export function computedConfigs(
  service: Service,
  deps: Omit<ServiceDeps, 'upstream' | 'pool' | 'acceptTokens'>,
  pool: UpstreamPool<UpstreamSpec>,
): ComputeConfig<CompiledConfig> {
  const known = new Lru<string, Computed>(MOST_CONFIGS, ({ upstreams }) => {
    for (const spec of upstreams) pool.release(spec);
  });
  return (text, rule) => {
    const key = `${rule} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before.selection;
    const computed = compute(service, { ...deps, upstream: (spec) => pool.take(spec) }, text, rule);
    known.set(key, computed);
    return computed.selection;
  };
}

function compute(
  service: Service,
  deps: Omit<ServiceDeps, 'pool' | 'acceptTokens'>,
  text: string,
  rule: number,
): Computed {
  const { spec } = service;
  const name = `rules[${rule}]`;
  const read = readComputedConfig(JSON.parse(text), spec);
  if (!read.ok) return refused(`${name}: the computed config is refused: ${read.message}`);
  const config = withParent(read.config, spec);
  const { mode, isAnonymous } = spec;
  const compiled = compileConfig(
    {
      service: canonicalName('Service', service.metadata.name),
      name: read.config.name ?? name,
      config,
      path: [],
      anonymous: isAnonymous === true,
      mode,
      audience: deps.originOf(service),
    },
    { ...deps, slots: deps.slots.branch() },
  );
  if (compiled.ok) return { selection: { kind: 'selected', config: compiled.config }, upstreams: compiled.upstreams };
  const [first] = compiled.problems;
  return refused(`${name}: the computed config is refused: ${dotted(first?.path ?? [])}: ${first?.message ?? ''}`);
}

function refused(detail: string): Computed {
  return { selection: { kind: 'error', detail }, upstreams: [] };
}
