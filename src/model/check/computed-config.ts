import { ComputedConfig, type ServiceConfig } from '../service/config.ts';
import type { ServiceSpec } from '../service/service.ts';
import { type Problem, pathText, problem } from '../validate/problem.ts';
import { validateAgainst } from '../validate/validate.ts';
import { checkDefaultsOnly, checkTogether } from './configs.ts';
import { checkGrpcConfig } from './grpc.ts';
import { checkComputedAssertion } from './identity-assertion.ts';

export type ComputedConfigResult =
  | { readonly ok: true; readonly config: ServiceConfig }
  /** The first mistake, with its place. */
  | { readonly ok: false; readonly message: string };

/** No Service may have such a config, and a computed one is its own parent under no name. */
const NAMELESS = '';

/** Holds a config that a rule of the Service computed to everything that a written one is held to; `null` is absent. */
export function readComputedConfig(value: unknown, spec: ServiceSpec): ComputedConfigResult {
  const config = withoutNulls(value) as ServiceConfig;
  const unsound = firstOf(validateAgainst(ComputedConfig, config));
  const first = unsound ?? firstOf(checkComputed(config, spec));
  return first === null ? { ok: true, config } : { ok: false, message: first };
}

/** What has no effect is a mistake here: nobody reads a warning while requests are served. */
function checkComputed(config: ServiceConfig, spec: ServiceSpec): Problem[] {
  const defaultsOnly = checkDefaultsOnly(config, []).map((one): Problem => ({ ...one, severity: 'error' }));
  const grpc = spec.mode === 'GRPC' ? checkGrpcConfig(config, []) : [];
  const others = [...defaultsOnly, ...checkPhases(config), ...checkComputedAssertion(config)];
  return [...others, ...checkTogether({ ...config, name: NAMELESS }, spec, []), ...grpc];
}

/** Before anybody is identified nothing is computed yet: a plugin that should stand there would not act at all. */
function checkPhases({ http }: ServiceConfig): Problem[] {
  const message = 'which config a request gets is not known before it is allowed';
  return (http?.plugins ?? []).flatMap(({ phase }, i) =>
    phase === 'PRE_AUTH' ? [problem(['http', 'plugins', i, 'phase'], message)] : [],
  );
}

function firstOf(problems: readonly Problem[]): string | null {
  const found = problems.find(({ severity }) => severity === 'error');
  if (found === undefined) return null;
  return found.path.length === 0 ? found.message : `${pathText(found.path)}: ${found.message}`;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutNulls(one)]));
}
