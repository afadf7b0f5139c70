import type { Explanation } from '../../admin/explanation.ts';
import type { Diagnostic, Place } from '../../base/diagnostic.ts';

/** What came of the tests of policies; how it is shown is another matter. */
export interface TestReport {
  readonly results: readonly CaseResult[];
  readonly coverage: Coverage;
  /** Mistakes in files. With an error among them no case was tried. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CaseResult {
  /** Where the case stands. */
  readonly place: Place;
  /** Name of the PolicyTest. */
  readonly test: string;
  readonly name: string;
  /** What was not as expected; empty: the case passed. */
  readonly failures: readonly string[];
  readonly milliseconds: number;
  /** What was looked at, of a case that failed and where it was asked for. */
  readonly explanation: Explanation | null;
}

/** Which rules of the resources decided at least one case. */
export interface Coverage {
  readonly rules: number;
  readonly missing: readonly UncoveredRule[];
}

export interface UncoveredRule {
  readonly place: Place;
  /** `office-hours`, or `Service/api#name` for an inline one; `Service/api` for a rule that chooses a config. */
  readonly policy: string;
  readonly rule: string;
}

export function failedCases({ results }: TestReport): CaseResult[] {
  return results.filter(({ failures }) => failures.length > 0);
}

/** Rounded down, so that 100 means all of them. */
export function coveredPercent({ rules, missing }: Coverage): number {
  return rules === 0 ? 100 : Math.floor((100 * (rules - missing.length)) / rules);
}

export function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
