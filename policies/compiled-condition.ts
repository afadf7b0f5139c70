import type { Condition } from '../src/model/condition.ts';
import type { Evaluation, ExpressionPart, Program } from './engine.ts';
import type { PolicyInput } from './input.ts';
import type { FailureKind } from './values/failure.ts';

/** What a condition gives: an answer, or why there is none. */
export type Truth = boolean | Undecided;

export interface Undecided {
  /** `missing`: something that the condition reads is not there. `cost`: it took more than it may. */
  readonly kind: FailureKind;
  readonly message: string;
}

export interface CompiledCondition {
  /** Never throws. */
  evaluate(input: PolicyInput): Truth;
  /** As `evaluate`, with what the parts gave. Left out: there is nothing to tell beside the result. */
  trace?(input: PolicyInput): ConditionTrace;
}

/** A condition as it was evaluated, for explanations. */
export interface ConditionTrace {
  readonly form: keyof Condition;
  readonly truth: Truth;
  /** Of its expression. */
  readonly parts: readonly ExpressionPart[];
  /** Of `all`, `any` and `none`, as far as they were looked at. */
  readonly conditions: readonly ConditionTrace[];
}

export class ExpressionCondition implements CompiledCondition {
  readonly #form: 'match' | 'opa';
  readonly #program: Program;

  constructor(form: 'match' | 'opa', program: Program) {
    this.#form = form;
    this.#program = program;
  }

  evaluate(input: PolicyInput): Truth {
    return truthOf(this.#program.evaluate(input));
  }

  trace(input: PolicyInput): ConditionTrace {
    const { evaluation, parts } = this.#program.trace?.(input) ?? {
      evaluation: this.#program.evaluate(input),
      parts: [],
    };
    return { form: this.#form, truth: truthOf(evaluation), parts, conditions: [] };
  }
}

function truthOf(result: Evaluation): Truth {
  if (result.kind !== 'value') return result;
  if (typeof result.value === 'boolean') return result.value;
  return { kind: 'error', message: 'the expression does not give a bool' };
}

export class Negation implements CompiledCondition {
  readonly #negated: CompiledCondition;

  constructor(negated: CompiledCondition) {
    this.#negated = negated;
  }

  evaluate(input: PolicyInput): Truth {
    return negate(this.#negated.evaluate(input));
  }

  trace(input: PolicyInput): ConditionTrace {
    const trace = traceCondition(this.#negated, input);
    return { ...trace, form: 'not', truth: negate(trace.truth) };
  }
}

export type ListForm = 'all' | 'any' | 'none';

const COMBINE: Readonly<Record<ListForm, (parts: readonly CompiledCondition[], input: PolicyInput) => Truth>> = {
  all: (parts, input) => fold(parts, input, false),
  any: (parts, input) => fold(parts, input, true),
  none: (parts, input) => negate(fold(parts, input, true)),
};

export class ListCondition implements CompiledCondition {
  readonly #form: ListForm;
  readonly #combine: (typeof COMBINE)[ListForm];
  readonly #parts: readonly CompiledCondition[];

  constructor(form: ListForm, parts: readonly CompiledCondition[]) {
    this.#form = form;
    this.#combine = COMBINE[form];
    this.#parts = parts;
  }

  evaluate(input: PolicyInput): Truth {
    return this.#combine(this.#parts, input);
  }

  /** The same fold, over parts that note what they gave. */
  trace(input: PolicyInput): ConditionTrace {
    const conditions: ConditionTrace[] = [];
    const noted = this.#parts.map((part) => noting(part, (trace) => conditions.push(trace)));
    return { form: this.#form, truth: this.#combine(noted, input), parts: [], conditions };
  }
}

/** A condition that tells how it was evaluated, each time. */
export function noting(condition: CompiledCondition, note: (trace: ConditionTrace) => void): CompiledCondition {
  return {
    evaluate: (input) => {
      const trace = traceCondition(condition, input);
      note(trace);
      return trace.truth;
    },
  };
}

export function traceCondition(condition: CompiledCondition, input: PolicyInput): ConditionTrace {
  return condition.trace?.(input) ?? { form: 'matchAny', truth: condition.evaluate(input), parts: [], conditions: [] };
}

/** Nothing is known of the opposite of what is not known. */
function negate(truth: Truth): Truth {
  return typeof truth === 'boolean' ? !truth : truth;
}

/**
 * Until one part gives `decisive`, or takes too much. Without one, what went wrong in any part is the result, an error
 * first.
 */
function fold(parts: readonly CompiledCondition[], input: PolicyInput, decisive: boolean): Truth {
  let undecided: Undecided | null = null;
  for (const part of parts) {
    const truth = part.evaluate(input);
    if (truth === decisive) return decisive;
    if (typeof truth !== 'boolean' && truth.kind === 'cost') return truth;
    if (typeof truth !== 'boolean' && (undecided === null || undecided.kind === 'missing')) undecided = truth;
  }
  return undecided ?? !decisive;
}
