import { type CelFunc, CelScalar, celFunc } from '@bufbuild/cel';
import { type Comprehension, callOf } from './syntax.ts';

/**
 * An expression is short, but nested comprehensions over long lists multiply. Every step of every comprehension
 * counts against one budget, so that no request can hold a worker.
 */
export const STEP_BUDGET = 100_000;

const BUDGET = '@budget';

export function budgetFunction(running: { steps: number }): CelFunc {
  return celFunc(BUDGET, [], CelScalar.BOOL, () => {
    running.steps -= 1;
    if (running.steps < 0) throw new RangeError(`the expression took more than ${STEP_BUDGET} steps`);
    return true;
  });
}

/** Makes the loop of a comprehension ask the budget first. */
export function meter(id: bigint, comprehension: Comprehension): void {
  const { loopCondition } = comprehension;
  if (loopCondition === undefined) return;
  comprehension.loopCondition = callOf(id, '_&&_', [callOf(id, BUDGET, []), loopCondition]);
}
