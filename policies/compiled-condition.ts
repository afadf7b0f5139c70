import { sameItems } from '../src/base/same-items.ts';
import type { Condition } from '../src/model/condition.ts';
import { Certain, isCost, reduced, reducedUntil } from './certain.ts';
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
  /** What it gives for every input. Left out: that is not known. */
  readonly certain?: Truth;
  /**
   * The same condition where it is asked about one Service alone, with what is certain there worked out.
   *
   * @param about that Service, without a principal or a request. Left out: nothing can be worked out.
   */
  reduced?(about: PolicyInput): CompiledCondition;
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

  reduced(about: PolicyInput): CompiledCondition {
    const { dependsOn } = this.#program;
    return dependsOn === 'nothing' || dependsOn === 'service' ? new Certain(this.evaluate(about)) : this;
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

  reduced(about: PolicyInput): CompiledCondition {
    const negated = reduced(this.#negated, about);
    if (negated.certain !== undefined) return new Certain(negate(negated.certain));
    return negated === this.#negated ? this : new Negation(negated);
  }

  trace(input: PolicyInput): ConditionTrace {
    const trace = traceCondition(this.#negated, input);
    return { ...trace, form: 'not', truth: negate(trace.truth) };
  }
}

export type ListForm = 'all' | 'any' | 'none';

/** What one part must give to decide, and what the list makes of that. */
interface Combination {
  readonly decisive: boolean;
  readonly of: (truth: Truth) => Truth;
}

const COMBINATIONS: Readonly<Record<ListForm, Combination>> = {
  all: { decisive: false, of: (truth) => truth },
  any: { decisive: true, of: (truth) => truth },
  none: { decisive: true, of: negate },
};

export class ListCondition implements CompiledCondition {
  readonly #form: ListForm;
  readonly #combination: Combination;
  readonly #parts: readonly CompiledCondition[];

  constructor(form: ListForm, parts: readonly CompiledCondition[]) {
    this.#form = form;
    this.#combination = COMBINATIONS[form];
    this.#parts = parts;
  }

  evaluate(input: PolicyInput): Truth {
    return combined(this.#combination, this.#parts, input);
  }

  reduced(about: PolicyInput): CompiledCondition {
    const all = this.#parts.map((condition) => ({ condition }));
    const parts = reducedUntil(all, this.#combination.decisive, about).map(({ condition }) => condition);
    if (parts.every(({ certain }) => certain !== undefined))
      return new Certain(combined(this.#combination, parts, about));
    return sameItems(parts, this.#parts) ? this : new ListCondition(this.#form, parts);
  }

  /** The same fold, over parts that note what they gave. */
  trace(input: PolicyInput): ConditionTrace {
    const conditions: ConditionTrace[] = [];
    const noted = this.#parts.map((part) => noting(part, (trace) => conditions.push(trace)));
    return { form: this.#form, truth: combined(this.#combination, noted, input), parts: [], conditions };
  }
}

function combined({ decisive, of }: Combination, parts: readonly CompiledCondition[], input: PolicyInput): Truth {
  return of(fold(parts, input, decisive));
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
    if (isCost(truth)) return truth;
    if (typeof truth !== 'boolean' && (undecided === null || undecided.kind === 'missing')) undecided = truth;
  }
  return undecided ?? !decisive;
}
