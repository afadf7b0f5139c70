import { type Check, OutOfSteps, Run } from './run.ts';

/** Where a value is not as a schema says. */
export interface Misfit {
  /** As a JSON pointer; empty for the whole. Keys that the schema does not name are `*`. */
  readonly place: string;
  readonly keyword: string;
}

/** What is wrong with a value, in words that quote nothing of it; `null` when it is valid. */
export function problemOf(value: unknown, check: Check): string | null {
  const misfit = misfitOf(value, check);
  if (misfit === null || misfit === TOO_LONG) return misfit?.keyword ?? null;
  return `${misfit.place === '' ? 'the whole' : misfit.place}: ${misfit.keyword}`;
}

/** `null` when it is valid. */
export function misfitOf(value: unknown, check: Check): Misfit | null {
  const run = new Run();
  try {
    return check(value, run) ? null : { place: run.place, keyword: run.keyword };
  } catch (thrown) {
    if (thrown instanceof OutOfSteps) return TOO_LONG;
    throw thrown;
  }
}

const TOO_LONG: Misfit = { place: '', keyword: 'it would take too long to validate' };
