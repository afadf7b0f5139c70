import type { Engine, Evaluation, ExpressionProblem, Program } from './engine.ts';
import type { PolicyInput } from './input.ts';

/** An expression that gives the text of a header field or a host. */
export interface CompiledText {
  /** Never throws. */
  evaluate(input: PolicyInput): TextResult;
}

export type TextResult =
  | { readonly kind: 'text'; readonly text: string }
  /** What the expression reads is not there, or it gives null. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'error'; readonly detail: string };

export type TextCompilation =
  | { readonly ok: true; readonly text: CompiledText }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

const ABSENT: TextResult = { kind: 'absent' };

/** Would end the header field, or the head (RFC 9110, 5.5). */
const CONTROL = /[\0\r\n]/;

export function compileText(source: string, engine: Engine): TextCompilation {
  const compiled = engine.compile(source);
  return compiled.ok ? { ok: true, text: new ExpressionText(compiled.program) } : compiled;
}

class ExpressionText implements CompiledText {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  evaluate(input: PolicyInput): TextResult {
    return toText(this.#program.evaluate(input));
  }
}

function toText(result: Evaluation): TextResult {
  if (result.kind === 'missing') return ABSENT;
  if (result.kind === 'error') return { kind: 'error', detail: result.message };
  const { value } = result;
  if (value === null) return ABSENT;
  if (typeof value === 'object') return { kind: 'error', detail: 'the expression does not give a text' };
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { kind: 'error', detail: 'the expression gives a number that has no decimal form' };
  }
  const text = String(value);
  return CONTROL.test(text) ? { kind: 'error', detail: 'the text has a line break or NUL' } : { kind: 'text', text };
}
