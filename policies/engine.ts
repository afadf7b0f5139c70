import type { PolicyInput } from './input.ts';
import type { OpaSources } from './rego/sources.ts';
import type { RegoUse } from './rego/use.ts';
import type { FailureKind } from './values/failure.ts';
import type { MapValue } from './values/map.ts';
import type { Value } from './values/value.ts';

/** An expression language of policies. */
export interface Engine {
  readonly language: 'cel';
  /**
   * Parses and checks; never throws for bad source. `attrs` are those of the Policy that the expression stands in:
   * constants of the program. Without them the name `attrs` is unknown.
   */
  compile(source: string, attrs?: MapValue): CompiledExpression;
  /** What compiles `opa.inline` beside it; without one such conditions are refused. */
  readonly rego?: RegoLanguage;
  /** What `opa.bundle` and `opa.remote` name; without them there is nothing of any name. */
  readonly opa?: OpaSources;
}

/** Rego as it stands in a resource. */
export interface RegoLanguage {
  /** Never throws for bad source. */
  compile(source: string, use: RegoUse, attrs?: MapValue): CompiledExpression;
  /**
   * Compiles, while the process goes on, what `compile` had to refuse because it takes long; `false`: there was nothing.
   * Never rejects.
   */
  prepare(signal: AbortSignal): Promise<boolean>;
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

/** What an answer depends on, beside what never changes. */
export type Dependence = 'nothing' | 'service' | 'principal' | 'request';

export interface Program {
  readonly source: string;
  /** Of what it gives, as the language calls it: `bool`; `dyn` when that shows only when it is evaluated. */
  readonly type: string;
  /** `service`: on the Service and its Namespace alone; `request`, or left out: on anything. */
  readonly dependsOn?: Dependence;
  /** Never throws: what goes wrong is a value, because the caller must decide which way it fails. */
  evaluate(input: PolicyInput): Evaluation;
  /** As `evaluate`, with what the parts gave, for explanations. Left out: only the result can be told. */
  trace?(input: PolicyInput): ExpressionTrace;
}

export interface ExpressionTrace {
  readonly evaluation: Evaluation;
  /** In the order of reading, the whole expression first. */
  readonly parts: readonly ExpressionPart[];
}

/** A part of an expression and what it gave. */
export interface ExpressionPart {
  /** As it was written, on one line. */
  readonly text: string;
  /** 0 for the whole, 1 for its operands, and so on. */
  readonly depth: number;
  /** `unread`: not needed, so not evaluated. */
  readonly state: 'value' | FailureKind | 'unread';
  /** The value as an expression would write it, or the message; `null` when there is neither. */
  readonly shown: string | null;
}

export type Evaluation =
  | { readonly kind: 'value'; readonly value: Value }
  /** Why there is none, as in `Failure`. */
  | { readonly kind: FailureKind; readonly message: string };
