import { didYouMean } from '../../../src/base/suggest.ts';
import type { CompiledExpression, Evaluation, ExpressionTrace, Program } from '../../engine.ts';
import type { PolicyInput } from '../../input.ts';
import type { MapValue } from '../../values/map.ts';
import { RegoInput, RegoProgram } from '../engine.ts';
import type { Module } from '../module.ts';
import type { RegoUse } from '../use.ts';
import type { BundleSlot } from './slot.ts';

const UNUSABLE = 'the bundle cannot be used: ';

/** Whether this is the message of what has no bundle to ask: with one it might come out in any way. */
export function lacksBundle(message: string): boolean {
  return message.startsWith(UNUSABLE);
}

/** What a resource names, compiled as far as it is known: an unknown entrypoint is a mistake once a bundle is there. */
export function compileBundled(
  slot: BundleSlot,
  entrypoint: string,
  use: RegoUse,
  attrs?: MapValue,
): CompiledExpression {
  const known = slot.current?.modules;
  if (known === undefined || known.has(entrypoint)) {
    return { ok: true, program: new BundleProgram(slot, entrypoint, use, attrs) };
  }
  const message = `the bundle has no entrypoint "${entrypoint}"`;
  const names = [...known.keys()];
  const suggestion = didYouMean(entrypoint, names) ?? `it has ${names.join(', ')}`;
  return { ok: false, problems: [{ line: 1, column: 1, message, suggestion }] };
}

/** Asks whatever bundle is in its place at the time. */
class BundleProgram implements Program {
  /** Rego has no types. */
  readonly type = 'dyn';
  readonly source: string;
  readonly #slot: BundleSlot;
  readonly #use: RegoUse;
  readonly #input: RegoInput;
  #module: Module | null = null;
  #program: RegoProgram | null = null;

  constructor(slot: BundleSlot, entrypoint: string, use: RegoUse, attrs: MapValue | undefined) {
    this.source = entrypoint;
    this.#slot = slot;
    this.#use = use;
    this.#input = new RegoInput('all', attrs);
  }

  evaluate(input: PolicyInput): Evaluation {
    const program = this.#current();
    return program instanceof RegoProgram ? program.evaluate(input) : program;
  }

  trace(input: PolicyInput): ExpressionTrace {
    const program = this.#current();
    return program instanceof RegoProgram ? program.trace(input) : { evaluation: program, parts: [] };
  }

  #current(): RegoProgram | Evaluation {
    const { current, problem } = this.#slot;
    if (current === null) return { kind: 'error', message: `${UNUSABLE}${problem}` };
    const module = current.modules.get(this.source);
    if (module === undefined) return { kind: 'error', message: `the bundle has no entrypoint "${this.source}"` };
    return this.#programOf(module);
  }

  #programOf(module: Module): RegoProgram {
    if (this.#program === null || this.#module !== module) {
      const parts = { source: this.source, module, entrypoint: this.source, input: this.#input, use: this.#use };
      this.#program = new RegoProgram(parts);
      this.#module = module;
    }
    return this.#program;
  }
}
