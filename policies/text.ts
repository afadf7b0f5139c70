import type { Engine, Evaluation, ExpressionProblem, Program } from './engine.ts';
import type { PolicyInput } from './input.ts';
import { Uint } from './values/value.ts';

/** An expression that gives the text of a header field or a host. */
export interface CompiledText {
  /** Never throws. */
  evaluate(input: PolicyInput): TextResult;
  /** What it gives, where nothing of a request decides that. */
  readonly constant?: string;
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

/** Types that have a text, or may turn out to have one. */
const MAY_BE_TEXT: ReadonlySet<string> = new Set(['string', 'bool', 'int', 'uint', 'double', 'null', 'dyn']);

export function compileText(source: string, engine: Engine): TextCompilation {
  const compiled = engine.compile(source);
  if (!compiled.ok) return compiled;
  const { program } = compiled;
  return MAY_BE_TEXT.has(program.type) ? { ok: true, text: new ExpressionText(program) } : noText(program.type);
}

function noText(type: string): TextCompilation {
  const suggestion = type === 'list(string)' ? 'join it: list.join(",")' : null;
  return { ok: false, problems: [{ line: 1, column: 1, message: `this gives ${type}, which is no text`, suggestion }] };
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
  if (result.kind !== 'value') return { kind: 'error', detail: result.message };
  const value = result.value instanceof Uint ? result.value.value : result.value;
  if (value === null) return ABSENT;
  if (typeof value === 'object') return { kind: 'error', detail: 'the expression does not give a text' };
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { kind: 'error', detail: 'the expression gives a number that has no decimal form' };
  }
  return textResult(String(value));
}

/** A text, unless it would end the header field that it is for. */
export function textResult(text: string): TextResult {
  return CONTROL.test(text) ? { kind: 'error', detail: 'the text has a line break or NUL' } : { kind: 'text', text };
}
