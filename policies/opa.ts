import { didYouMean } from '../src/base/suggest.ts';
import type { OpaSource } from '../src/model/condition.ts';
import type { CompiledExpression, Engine } from './engine.ts';
import { compileBundled } from './rego/bundle/program.ts';
import { compileRemote } from './rego/remote/program.ts';
import { NO_SOURCES } from './rego/sources.ts';
import type { RegoUse } from './rego/use.ts';
import type { MapValue } from './values/map.ts';

/** Rego, compiled; `key` is the field of it that a problem is about. */
export interface CompiledOpa {
  readonly key: keyof OpaSource;
  readonly compiled: CompiledExpression;
}

/** Where the policy is asked from. */
export interface Asking {
  readonly engine: Engine;
  readonly use: RegoUse;
  readonly attrs?: MapValue | undefined;
}

/** Compiles `opa`, wherever its policy stands. */
export function compileOpa(source: OpaSource, asking: Asking): CompiledOpa {
  if (source.bundle !== undefined) return bundled(source.bundle, source.entrypoint, asking);
  if (source.remote !== undefined) return remote(source.remote, source.path, asking);
  const { engine, use, attrs } = asking;
  return { key: 'inline', compiled: engine.rego?.compile(source.inline ?? '', use, attrs) ?? refused(NO_REGO) };
}

const NO_REGO = 'Rego is not compiled here';

function bundled(name: string, entrypoint: string | undefined, { engine, use, attrs }: Asking): CompiledOpa {
  const { bundles } = engine.opa ?? NO_SOURCES;
  const slot = bundles.get(name);
  if (slot === undefined) return { key: 'bundle', compiled: unknown('bundle', name, [...bundles.keys()]) };
  const compiled =
    entrypoint === undefined ? refused('entrypoint is missing') : compileBundled(slot, entrypoint, use, attrs);
  return { key: entrypoint === undefined ? 'bundle' : 'entrypoint', compiled };
}

function remote(name: string, path: string | undefined, { engine, use, attrs }: Asking): CompiledOpa {
  const { remotes } = engine.opa ?? NO_SOURCES;
  const found = remotes.get(name);
  if (found === undefined) return { key: 'remote', compiled: unknown('remote', name, [...remotes.keys()]) };
  const compiled = path === undefined ? refused('path is missing') : compileRemote(found, path, use, attrs);
  return { key: path === undefined ? 'remote' : 'path', compiled };
}

function unknown(what: string, name: string, known: readonly string[]): CompiledExpression {
  const where = `spec.opa.${what}s of the ClusterConfig`;
  return refused(`there is no ${what} "${name}" in ${where}`, didYouMean(name, known));
}

function refused(message: string, suggestion: string | null = null): CompiledExpression {
  return { ok: false, problems: [{ line: 1, column: 1, message, suggestion }] };
}
