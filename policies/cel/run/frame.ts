import { type Budget, OVER_BUDGET } from '../../values/budget.ts';
import type { Result, Value } from '../../values/value.ts';
import type { Caller } from '../library/overload.ts';

/** The variables of one evaluation, by their full name. */
export interface Bindings {
  /** `undefined`: it has no value. */
  get(name: string): Value | undefined;
}

export const NO_BINDINGS: Bindings = { get: () => undefined };

/** One evaluation that is running. */
export class Frame implements Caller, Budget {
  bindings: Bindings = NO_BINDINGS;
  time = 0;
  /** Units that may still be spent; below zero once the evaluation took too much. */
  left = 0;
  /** Variables of folds, by their number. */
  readonly slots: Result[];
  /** Values of sub-expressions by the id of their node, where they are asked for. */
  seen: Map<number, Result> | null = null;

  constructor(slots: number) {
    this.slots = new Array<Result>(slots).fill(null);
  }

  spend(units: number): boolean {
    this.left -= units;
    return this.left >= 0;
  }
}

/** A compiled part of an expression. Never throws. */
export type Step = (frame: Frame) => Result;

export interface Operand {
  readonly run: Step;
  /** Its value when that is known ahead. */
  readonly constant: Value | undefined;
  /** Units that a constant takes although it is known: an evaluation is given no more for what is computed ahead. */
  readonly cost: number;
}

export function operand(run: Step): Operand {
  return { run, constant: undefined, cost: 0 };
}

export function constantOperand(value: Value, cost = 0): Operand {
  return { run: cost === 0 ? () => value : paid(value, cost), constant: value, cost };
}

function paid(value: Value, cost: number): Step {
  return (frame) => (frame.spend(cost) ? value : OVER_BUDGET);
}
