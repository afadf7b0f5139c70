import type { ConfigRule } from '../src/model/index.ts';
import type { ConditionProblem } from './condition.ts';
import type { Engine, ExpressionProblem, Program } from './engine.ts';
import type { PolicyInput } from './input.ts';
import { compileOpa } from './opa.ts';
import { inputText } from './rego/input-text.ts';
import { CONFIG } from './rego/use.ts';
import { Failure } from './values/failure.ts';
import { MapValue } from './values/map.ts';

/** A config that a rule writes for each request. */
export interface ComputedDocument {
  /** Never throws. */
  evaluate(input: PolicyInput): DocumentResult;
}

export type DocumentResult =
  /** JSON of an object. */
  | { readonly kind: 'document'; readonly text: string }
  /** What it reads is not there, or its rule is undefined. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'error'; readonly detail: string };

export type DocumentCompilation =
  | { readonly ok: true; readonly document: ComputedDocument }
  /** Paths lead from the rule. */
  | { readonly ok: false; readonly problems: readonly ConditionProblem[] };

const ABSENT: DocumentResult = { kind: 'absent' };

/** `null` for a rule that names its config. */
export function compileDocument({ eval: source, opa }: ConfigRule, engine: Engine): DocumentCompilation | null {
  if (source !== undefined) return documentOf(engine.compile(source), ['eval']);
  if (opa === undefined) return null;
  const { key, compiled } = compileOpa(typeof opa === 'string' ? { inline: opa } : opa, { engine, use: CONFIG });
  return documentOf(compiled, typeof opa === 'string' ? ['opa'] : ['opa', key]);
}

function documentOf(
  compiled:
    | { readonly ok: true; readonly program: Program }
    | { readonly ok: false; problems: readonly ExpressionProblem[] },
  path: readonly string[],
): DocumentCompilation {
  const problems = compiled.ok ? typeProblems(compiled.program.type) : compiled.problems;
  if (!compiled.ok || problems.length > 0) return { ok: false, problems: problems.map((one) => ({ path, ...one })) };
  const { program } = compiled;
  return { ok: true, document: { evaluate: (input) => evaluate(program, input) } };
}

function typeProblems(type: string): readonly ExpressionProblem[] {
  if (type === 'dyn' || type === 'map' || type.startsWith('map(')) return [];
  return [{ line: 1, column: 1, message: `a config must be a map; this gives ${type}`, suggestion: null }];
}

function evaluate(program: Program, input: PolicyInput): DocumentResult {
  const result = program.evaluate(input);
  if (result.kind === 'missing') return ABSENT;
  if (result.kind !== 'value') return { kind: 'error', detail: result.message };
  if (!(result.value instanceof MapValue)) return { kind: 'error', detail: 'a config must be a map' };
  const text = inputText(result.value, 'all');
  return text instanceof Failure ? { kind: 'error', detail: text.message } : { kind: 'document', text };
}
