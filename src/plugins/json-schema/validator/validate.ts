import { type Check, OutOfSteps, Run } from './run.ts';

/** What is wrong with a value, in words that quote nothing of it; `null` when it is valid. */
export function problemOf(value: unknown, check: Check): string | null {
  const run = new Run();
  try {
    return check(value, run) ? null : `${run.place === '' ? 'the whole' : run.place}: ${run.keyword}`;
  } catch (thrown) {
    if (thrown instanceof OutOfSteps) return 'it would take too long to validate';
    throw thrown;
  }
}
