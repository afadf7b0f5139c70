import { Failure } from './failure.ts';

/** What an evaluation may still take. */
export interface Budget {
  /** Takes `units`; `false` when all is spent. One unit is about one elementary step, or 16 bytes of text. */
  spend(units: number): boolean;
}

export const OVER_BUDGET = new Failure('cost', 'the evaluation takes more than it may');

/** Shorter texts cost no more than the step that reads them. */
export const SHORT_TEXT = 256;

/** Takes what reading or making a text of `length` costs. */
export function spendText(length: number, budget: Budget): boolean {
  return length < SHORT_TEXT || budget.spend(length >>> 4);
}

/**
 * Takes what looking for a part in a text costs: a part that is nearly found again and again is compared at every
 * position.
 */
export function spendSearch(length: number, partLength: number, budget: Budget): boolean {
  return length < SHORT_TEXT || budget.spend((length >>> 4) * (1 + (partLength >>> 4)));
}
