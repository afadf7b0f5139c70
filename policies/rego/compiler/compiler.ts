import type { ExpressionProblem } from '../../engine.ts';
import { loadModule, type Module } from '../module.ts';
import type { RegoCache } from './cache.ts';
import type { InputPath } from './input-paths.ts';
import type { OpaProgram } from './opa.ts';
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
}

/** `octelium/condition/match` */
export function entrypointOf(form: RegoForm): string {
  return `${form.package.replaceAll('.', '/')}/${form.rule}`;
}

/** Compiles with the `opa` program what is not in the cache. */
export function createRegoCompiler(opa: OpaProgram, cache: RegoCache): RegoCompiler {
  return {
    compile(source, form) {
      const entrypoint = entrypointOf(form);
      const version = opa.version();
      const known = cache.get({ source, entrypoint, version });
      if (known !== null) return load(known.wasm, known.paths, null);
      if (version === null) return refuse(NO_OPA);
      const built = build(opa, source, form);
      if (!built.ok) return built;
      const loaded = load(built.entry.wasm, built.entry.paths, built.parsed);
      if (loaded.ok) cache.set({ source, entrypoint, version }, built.entry);
      return loaded;
    },
  };
}

const NO_OPA =
  'Rego needs the opa program to be compiled: install it from https://www.openpolicyagent.org, or set OSTIARY_OPA or --opa to its path';

type Built =
  | {
      readonly ok: true;
      readonly entry: { readonly wasm: Uint8Array; readonly paths: readonly InputPath[] };
      readonly parsed: ParsedRego;
    }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

function build(opa: OpaProgram, source: string, form: RegoForm): Built {
  const text = opa.parse(source);
  const parsed = text === null ? null : parseRego(text);
  if (parsed === null) return { ok: false, problems: opa.problems(source) };
  const problem = formProblem(parsed, form);
  if (problem !== null) return { ok: false, problems: [problem] };
  const wasm = opa.build(source, entrypointOf(form));
  if (wasm === null) return { ok: false, problems: opa.problems(source) };
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

function refuse(message: string, place: { readonly line: number; readonly column: number } | null = null) {
  const problem = { line: 1, column: 1, ...place, message, suggestion: null };
  return { ok: false, problems: [problem] } as const;
}
