import type { Engine } from '../../policies/engine.ts';
import { compileText } from '../../policies/text.ts';
import { AppError } from '../base/errors.ts';
import { type AssertionDeps, createIdentityAssertion } from '../credentials/identity-assertion.ts';
import { createInjector } from '../credentials/injector.ts';
import { buildChain, type Plugin } from '../gateway/plugin.ts';
import type { CompiledConfig, Upstream } from '../gateway/snapshot.ts';
import type { HeaderRules, KeyPath, PathRewrite, ServiceConfig, ServiceMode } from '../model/index.ts';
import { PLUGINS, type PluginDeps } from '../plugins/catalog.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { expressionProblems, type Problem, problem } from './problem.ts';
import { upstreamSpec } from './upstream.ts';

export interface ConfigDeps {
  readonly engine: Engine;
  /** The one spelling of a path, `null` for a path that would be refused. */
  readonly canonicalPath: (path: string) => string | null;
  readonly upstream: (spec: UpstreamSpec) => Upstream;
  /** What assertions to upstreams are made with. */
  readonly assertions: Omit<AssertionDeps, 'audience'>;
}

export interface ConfigParts {
  readonly name: string;
  readonly config: ServiceConfig;
  /** Where the config stands in the Service. */
  readonly path: KeyPath;
  readonly anonymous: boolean;
  readonly mode: ServiceMode;
  /** Of assertions that name no other one. */
  readonly audience: string;
}

export type ConfigCompilation =
  | { readonly ok: true; readonly config: CompiledConfig; readonly upstreams: readonly UpstreamSpec[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Compiles one config, already merged with its parent. */
export function compileConfig(parts: ConfigParts, deps: ConfigDeps): ConfigCompilation {
  const problems = [...containerProblems(parts), ...headerProblems(parts, deps.engine)];
  if (problems.length > 0) return { ok: false, problems };
  try {
    return build(parts, deps);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { ok: false, problems: [problem(parts.path, thrown.message)] };
  }
}

/** @throws AppError when an upstream, a plugin or a credential cannot be made of what is written. */
function build(parts: ConfigParts, deps: ConfigDeps): ConfigCompilation {
  const spec = upstreamSpec(parts.config, parts.mode);
  const header = parts.config.http?.header;
  const config: CompiledConfig = {
    name: parts.name,
    chain: buildChain(pluginsOf(parts, deps)),
    authorizationMode: authorizationMode(header, parts.anonymous),
    forwardedMode: FORWARDED_MODES[header?.forwardedMode ?? 'DROP'],
    upstream: spec === null ? null : deps.upstream(spec),
  };
  return { ok: true, config, upstreams: spec === null ? [] : [spec] };
}

const FORWARDED_MODES = { DROP: 'drop', OBFUSCATE: 'obfuscate', TRANSPARENT: 'transparent' } as const;

/** What the client shows as `Authorization` is for us, unless the Service is anonymous or says otherwise. */
function authorizationMode(header: HeaderRules | undefined, anonymous: boolean): 'pass' | 'delete' {
  if (header?.authorizationMode === 'PASS') return 'pass';
  if (header?.authorizationMode === 'DELETE') return 'delete';
  return anonymous ? 'pass' : 'delete';
}

function containerProblems({ config, path, name }: ConfigParts): Problem[] {
  if (config.upstream?.container === undefined) return [];
  const message = `config "${name}": container upstreams are not implemented yet`;
  return [{ ...problem([...path, 'upstream', 'container'], message), isTold: true }];
}

/** Header rules, then the path, then who asks and the credential, which nothing may change after them. */
function pluginsOf({ config, audience }: ConfigParts, deps: ConfigDeps): Plugin[] {
  const { header, path, auth, identityAssertion } = config.http ?? {};
  const pluginDeps: PluginDeps = { compileText: textCompiler(deps.engine), canonicalPath: deps.canonicalPath };
  return [
    ...(header === undefined ? [] : [PLUGINS.headers.create(header, pluginDeps)]),
    ...(hasRewrite(path) ? [PLUGINS.path.create(path, pluginDeps)] : []),
    ...(identityAssertion === undefined
      ? []
      : [createIdentityAssertion(identityAssertion, { ...deps.assertions, audience })]),
    ...(auth === undefined ? [] : [{ inject: createInjector(auth) }]),
  ];
}

function hasRewrite(path: PathRewrite | undefined): path is PathRewrite {
  return path?.removePrefix !== undefined || path?.addPrefix !== undefined;
}

/** Sources were checked by `headerProblems`, so a problem here is a mistake of ours. */
function textCompiler(engine: Engine): PluginDeps['compileText'] {
  return (source) => {
    const compiled = compileText(source, engine);
    if (!compiled.ok)
      throw new AppError('internal', compiled.problems[0]?.message ?? 'the expression does not compile');
    return compiled.text;
  };
}

function headerProblems({ config, path }: ConfigParts, engine: Engine): Problem[] {
  const header = config.http?.header;
  if (header === undefined) return [];
  const rules = (['addRequestHeaders', 'addResponseHeaders'] as const).flatMap((list) =>
    (header[list] ?? []).map((rule, i) => ({ at: [list, i, 'eval'] as KeyPath, source: rule.eval })),
  );
  return [...rules, { at: ['host', 'eval'] as KeyPath, source: header.host?.eval }].flatMap(({ at, source }) =>
    source === undefined ? [] : textProblems([...path, 'http', 'header', ...at], source, engine),
  );
}

function textProblems(path: KeyPath, source: string, engine: Engine): Problem[] {
  const compiled = compileText(source, engine);
  return compiled.ok ? [] : expressionProblems(path, compiled.problems);
}
