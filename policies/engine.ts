import type { PolicyInput } from './input.ts';
import type { FailureKind } from './values/failure.ts';
import type { MapValue } from './values/map.ts';
import type { Value } from './values/value.ts';

/** An expression language of policies: CEL, later Rego. */
export interface Engine {
  readonly language: 'cel' | 'rego';
  /**
   * Parses and checks; never throws for bad source. `attrs` are those of the Policy that the expression stands in:
   * constants of the program. Without them the name `attrs` is unknown.
   */
  compile(source: string, attrs?: MapValue): CompiledExpression;
}

export type CompiledExpression =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** A located mistake inside an expression. Lines and columns count from 1 within the expression. */
export interface ExpressionProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion: string | null;
}

export interface Program {
  readonly source: string;
  /** Of what it gives, as the language calls it: `bool`; `dyn` when that shows only when it is evaluated. */
  readonly type: string;
  /** Never throws: what goes wrong is a value, because the caller must decide which way it fails. */
  evaluate(input: PolicyInput): Evaluation;
}

export type Evaluation =
  | { readonly kind: 'value'; readonly value: Value }
  /** Why there is none, as in `Failure`. */
  | { readonly kind: FailureKind; readonly message: string };
