import { Lru } from '../../src/base/lru.ts';
import type { CompiledExpression, Engine, Evaluation, Program } from '../engine.ts';
import type { PolicyInput } from '../input.ts';
import { Failure } from '../values/failure.ts';
import type { MapValue } from '../values/map.ts';
import { entrypointOf, type RegoCompilation, type RegoCompiler, type RegoForm } from './compiler/compiler.ts';
import { below, inputText, type Selection, selectionOf } from './input-text.ts';
import type { Module, ModuleResult } from './module.ts';

/** Modules are kept over reloads: most of a new generation is the old one. */
const MODULES = 1000;

/** What `opa.inline` of a condition defines. */
export const CONDITION: RegoForm = { package: 'octelium.condition', rule: 'match' };

/** Rego, https://www.openpolicyagent.org, compiled to WebAssembly. */
export function createRegoEngine(compiler: RegoCompiler): Engine {
  const known = new Lru<string, RegoCompilation & { readonly ok: true }>(MODULES);
  const entrypoint = entrypointOf(CONDITION);
  return {
    language: 'rego',
    compile(source: string, attrs?: MapValue): CompiledExpression {
      const compiled = known.get(source) ?? compiler.compile(source, CONDITION);
      if (!compiled.ok) return compiled;
      known.set(source, compiled);
      const { module, paths } = compiled;
      const input = new RegoInput(selectionOf(paths), attrs);
      return { ok: true, program: new RegoProgram({ source, module, entrypoint, input }) };
    },
  };
}

/** `{"ctx":…,"attrs":…}`, as far as a policy reads it. */
export class RegoInput {
  readonly #ctx: Selection | undefined;
  /** `,"attrs":…}`: they are the same each time. */
  readonly #end: string | Failure;

  constructor(selection: Selection, attrs: MapValue | undefined) {
    this.#ctx = below(selection, 'ctx');
    const ofAttrs = below(selection, 'attrs');
    const text = attrs === undefined || ofAttrs === undefined ? '' : inputText(attrs, ofAttrs);
    this.#end = text instanceof Failure || text === '' ? text : `,"attrs":${text}`;
  }

  text({ ctx }: PolicyInput): string | Failure {
    const text = this.#ctx === undefined ? '{}' : inputText(ctx, this.#ctx);
    if (text instanceof Failure) return text;
    return this.#end instanceof Failure ? this.#end : `{"ctx":${text}${this.#end}}`;
  }
}

interface ProgramParts {
  readonly source: string;
  readonly module: Module;
  readonly entrypoint: string;
  readonly input: RegoInput;
}

/** A module with the entrypoint that is asked; gives a boolean, false when it is undefined. */
export class RegoProgram implements Program {
  /** Rego has no types. */
  readonly type = 'dyn';
  readonly source: string;
  readonly #parts: ProgramParts;

  constructor(parts: ProgramParts) {
    this.source = parts.source;
    this.#parts = parts;
  }

  evaluate(input: PolicyInput): Evaluation {
    const { module, entrypoint, input: reader } = this.#parts;
    const text = reader.text(input);
    if (text instanceof Failure) return text;
    return toEvaluation(module.evaluate(entrypoint, Buffer.from(text), input.time), entrypoint);
  }
}

const TRUE: Evaluation = { kind: 'value', value: true };
const FALSE: Evaluation = { kind: 'value', value: false };

function toEvaluation(result: ModuleResult, entrypoint: string): Evaluation {
  if (result.kind === 'undefined') return FALSE;
  if (result.kind === 'error') return { kind: 'error', message: `rego: ${result.message}` };
  if (result.value === true) return TRUE;
  return result.value === false ? FALSE : { kind: 'error', message: `rego: ${entrypoint} does not give a boolean` };
}
