import { Lru } from '../../src/base/lru.ts';
import type { CompiledExpression, Evaluation, ExpressionTrace, Program, RegoLanguage } from '../engine.ts';
import type { PolicyInput } from '../input.ts';
import { Failure, failure } from '../values/failure.ts';
import type { MapValue } from '../values/map.ts';
import { entrypointOf, type RegoCompilation, type RegoCompiler } from './compiler/compiler.ts';
import { inputProblems } from './compiler/known-input.ts';
import { below, inputText, type Selection, selectionOf } from './input-text.ts';
import type { Module, ModuleResult } from './module.ts';
import { moduleEvaluation, type RegoUse } from './use.ts';

/** Modules are kept over reloads: most of a new generation is the old one. */
const MODULES = 1000;

/** Rego, https://www.openpolicyagent.org, compiled to WebAssembly. */
export function createRegoEngine(compiler: RegoCompiler): RegoLanguage {
  const known = new Lru<string, RegoCompilation & { readonly ok: true }>(MODULES);
  return {
    compile(source: string, use: RegoUse, attrs?: MapValue): CompiledExpression {
      const key = `${use.name} ${source}`;
      const compiled = known.get(key) ?? compiler.compile(source, use.form);
      if (!compiled.ok) return compiled;
      known.set(key, compiled);
      const { module, paths } = compiled;
      const problems = inputProblems(source, paths, attrs);
      if (problems.length > 0) return { ok: false, problems };
      const input = new RegoInput(selectionOf(paths), attrs);
      return { ok: true, program: new RegoProgram({ source, module, entrypoint: entrypointOf(use.form), input, use }) };
    },
    prepare: async (signal) => (await compiler.prepare?.(signal)) ?? false,
  };
}

const UNWRITABLE = failure('rego: the input could not be written');

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

  /** Never throws: of what a client sends no mistake may be a denial without a reason. */
  text({ ctx }: PolicyInput): string | Failure {
    try {
      const text = this.#ctx === undefined ? '{}' : inputText(ctx, this.#ctx);
      if (text instanceof Failure) return text;
      return this.#end instanceof Failure ? this.#end : `{"ctx":${text}${this.#end}}`;
    } catch {
      return UNWRITABLE;
    }
  }
}

interface ProgramParts {
  readonly source: string;
  readonly module: Module;
  readonly entrypoint: string;
  readonly input: RegoInput;
  readonly use: RegoUse;
}

/** A module with the entrypoint that is asked. */
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
    const result = this.#ask(input);
    return result instanceof Failure ? result : this.#evaluationOf(result);
  }

  /** Whether it gives false, or nothing: a condition is false either way. */
  trace(input: PolicyInput): ExpressionTrace {
    const result = this.#ask(input);
    if (result instanceof Failure) return { evaluation: result, parts: [] };
    const evaluation = this.#evaluationOf(result);
    if (result.kind !== 'undefined' || evaluation.kind !== 'value') return { evaluation, parts: [] };
    const text = `data.${this.#parts.entrypoint.replaceAll('/', '.')}`;
    return { evaluation, parts: [{ text, depth: 0, state: 'value', shown: 'undefined' }] };
  }

  #ask(input: PolicyInput): ModuleResult | Failure {
    const { module, entrypoint, input: reader } = this.#parts;
    const text = reader.text(input);
    return text instanceof Failure ? text : module.evaluate(entrypoint, Buffer.from(text), input.time);
  }

  #evaluationOf(result: ModuleResult): Evaluation {
    return moduleEvaluation(this.#parts.use, result, this.#parts.entrypoint);
  }
}
