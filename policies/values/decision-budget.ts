import type { Budget } from './budget.ts';

/** Units that one evaluation of an expression may take. */
export const EXPRESSION_BUDGET = 100_000;

/** Units that all conditions of one decision may take together, with those that choose the config. */
export const DECISION_BUDGET = 5 * EXPRESSION_BUDGET;

/** What the conditions of one request may still take together. */
export class DecisionBudget implements Budget {
  left = DECISION_BUDGET;

  spend(units: number): boolean {
    this.left -= units;
    return this.left >= 0;
  }

  /** Another decision begins. */
  renew(): void {
    this.left = DECISION_BUDGET;
  }
}

/** Runs with as much as a decision begins with; what is left of this one stays. */
export function aside<T>(budget: DecisionBudget | null, run: () => T): T {
  const left = budget?.left ?? 0;
  budget?.renew();
  try {
    return run();
  } finally {
    if (budget !== null) budget.left = left;
  }
}
