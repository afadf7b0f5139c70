import type { ExpressionProblem } from '../../engine.ts';
import { loadModule, type Module } from '../module.ts';
import type { RegoCache } from './cache.ts';
import type { InputPath } from './input-paths.ts';
import type { OpaProgram } from './opa.ts';
import { build, findProblems, type OpaWork, parse } from './opa-work.ts';
import { type ParsedRego, parseRego } from './parsed.ts';

/** What a Rego source must define to be used somewhere. */
export interface RegoForm {
  /** `octelium.condition` */
  readonly package: string;
  /** `match` */
  readonly rule: string;
}

export type RegoCompilation =
  | { readonly ok: true; readonly module: Module; readonly paths: readonly InputPath[] }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** Makes modules of Rego sources. */
export interface RegoCompiler {
  /** Never throws. */
  compile(source: string, form: RegoForm): RegoCompilation;
  /**
   * Compiles, while the process goes on, what `compile` could not give at once; `false`: there was nothing. Never
   * rejects. Without it `compile` gives everything.
   */
  prepare?(signal: AbortSignal): Promise<boolean>;
}

/** `octelium/condition/match` */
export function entrypointOf(form: RegoForm): string {
  return `${form.package.replaceAll('.', '/')}/${form.rule}`;
}

/** Compiles with the `opa` program what is not in the cache, and waits for it: for the command line. */
export function createRegoCompiler(opa: OpaProgram, cache: RegoCache): RegoCompiler {
  return {
    compile(source, form) {
      const version = opa.version();
      const known = findCompiled(cache, version, source, form);
      if (known !== null) return known;
      return version === null
        ? refuse(NO_OPA)
        : take(opa.now(compileWork(source, form)), { cache, version, source, form });
    },
  };
}

/** What is in the cache and nothing else: for processes that serve what another one has compiled. */
export function createRegoReader(cache: RegoCache): RegoCompiler {
  return { compile: (source, form) => findCompiled(cache, null, source, form) ?? refuse(NOT_COMPILED) };
}

/** A module that cannot be loaded is none: it is compiled again. @param version `null`: any */
export function findCompiled(
  cache: RegoCache,
  version: string | null,
  source: string,
  form: RegoForm,
): (RegoCompilation & { readonly ok: true }) | null {
  const known = cache.get({ source, entrypoint: entrypointOf(form), version });
  const loaded = known === null ? null : load(known.wasm, known.paths, null);
  return loaded?.ok === true ? loaded : null;
}

/** As the compiler for the command line does, while the process goes on. */
export async function compileLater(
  opa: OpaProgram,
  cache: RegoCache,
  { source, form }: RegoSource,
  signal: AbortSignal,
): Promise<RegoCompilation> {
  const version = await opa.versionLater(signal);
  const known = findCompiled(cache, version, source, form);
  if (known !== null) return known;
  if (signal.aborted) return refuse(NOT_IN_TIME);
  if (version === null) return refuse(NO_OPA);
  return take(await opa.later(compileWork(source, form), signal), { cache, version, source, form });
}

export interface RegoSource {
  readonly source: string;
  readonly form: RegoForm;
}

interface Compiling extends RegoSource {
  readonly cache: RegoCache;
  readonly version: string;
}

/** Only what can be loaded is kept. */
function take(built: Built, { cache, version, source, form }: Compiling): RegoCompilation {
  if (!built.ok) return built;
  const loaded = load(built.entry.wasm, built.entry.paths, built.parsed);
  if (loaded.ok) cache.set({ source, entrypoint: entrypointOf(form), version }, built.entry);
  return loaded;
}

const NOT_COMPILED = 'there is no compiled module of it in the data directory';
const NOT_IN_TIME = 'the opa program takes too long';

const NO_OPA =
  'Rego needs the opa program to be compiled: install it from https://www.openpolicyagent.org, or set OSTIARY_OPA or --opa to its path';

type Built =
  | {
      readonly ok: true;
      readonly entry: { readonly wasm: Uint8Array; readonly paths: readonly InputPath[] };
      readonly parsed: ParsedRego;
    }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

function* compileWork(source: string, form: RegoForm): OpaWork<Built> {
  const text = yield* parse(source);
  const parsed = text === null ? null : parseRego(text);
  if (parsed === null) return { ok: false, problems: yield* findProblems(source) };
  const problem = formProblem(parsed, form);
  if (problem !== null) return { ok: false, problems: [problem] };
  const wasm = yield* build(source, entrypointOf(form));
  if (wasm === null) return { ok: false, problems: yield* findProblems(source) };
  return { ok: true, entry: { wasm, paths: parsed.inputPaths() }, parsed };
}

function formProblem(parsed: ParsedRego, form: RegoForm): ExpressionProblem | null {
  const { name, place } = parsed.package();
  if (name !== form.package) {
    return { ...place, message: `the package must be ${form.package}`, suggestion: `package ${form.package}` };
  }
  if (parsed.rules().has(form.rule)) return null;
  return { ...place, message: `there is no rule ${form.rule}, which gives the result`, suggestion: null };
}

function load(wasm: Uint8Array, paths: readonly InputPath[], parsed: ParsedRego | null): RegoCompilation {
  const loaded = loadModule(wasm);
  if (loaded.ok) return { ok: true, module: loaded.module, paths };
  const place = parsed?.placeOf(loaded.builtins[0] ?? '') ?? null;
  return refuse(loaded.message, place);
}

export function refuse(message: string, place: { readonly line: number; readonly column: number } | null = null) {
  const problem = { line: 1, column: 1, ...place, message, suggestion: null };
  return { ok: false, problems: [problem] } as const;
}
