import { Failure } from './failure.ts';

/** What an evaluation may still take. */
export interface Budget {
  /** Takes `units`; `false` when all is spent. One unit is about one elementary step, or 16 bytes that are copied. */
  spend(units: number): boolean;
}

export const OVER_BUDGET = new Failure('cost', 'the evaluation takes more than it may');

/** Shorter texts cost no more than the step that reads them. */
const SHORT_TEXT = 32;

/** Units that an entry of a map takes which is made or compared. */
export const ENTRY_COST = 6;

/** Units that looking a number up takes, in a map or among items: it is looked for as a text. */
export const NUMBER_KEY_COST = 10;

/** Takes what looking a key up in a map costs: a text that a field is named after is next to nothing. */
export function spendKey(key: unknown, budget: Budget): boolean {
  return budget.spend(typeof key === 'string' ? 1 : NUMBER_KEY_COST);
}

/** Takes what copying or comparing a text of `length` costs, which goes by whole words of the machine. */
export function spendText(length: number, budget: Budget): boolean {
  return length < SHORT_TEXT || budget.spend(length >>> 4);
}

/** Takes what looking at each character of a text of `length` costs, or at each digit of a number. */
export function spendCharacters(length: number, budget: Budget): boolean {
  return budget.spend(1 + (length >>> 2));
}

/**
 * Takes what looking for a part in a text costs: a part that is nearly found again and again is compared at every
 * position. Short texts count too: a loop may go through many.
 */
export function spendSearch(length: number, partLength: number, budget: Budget): boolean {
  return budget.spend((length >>> 2) * (1 + (partLength >>> 4)));
}
