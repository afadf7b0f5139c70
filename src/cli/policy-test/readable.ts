import type { Explanation } from '../../admin/explanation.ts';
import { printable } from '../decision-text.ts';
import { explanationText } from '../explain-text.ts';
import { paintFor } from '../table.ts';
import { coveredPercent, failedCases, placeText, type TestReport } from './report.ts';

/** For people: what failed and why, and which rules nothing was tried on. */
export function readable(report: TestReport): string {
  const failed = failedCases(report);
  const lines = failed.flatMap(({ place, test, name, failures, explanation }) => [
    `FAIL ${test}: ${name}`,
    ...failures.map((failure) => `     ${placeText(place)}: ${failure}`),
    ...(explanation === null ? [] : explanationLines(explanation)),
  ]);
  const gap = lines.length === 0 ? [] : [''];
  return printable([...lines, ...gap, ...coverageLines(report), summary(report, failed.length), ''].join('\n'));
}

function explanationLines(explanation: Explanation): string[] {
  const lines = explanationText(explanation, { all: false, paint: paintFor(false) })
    .trimEnd()
    .split('\n');
  return ['', ...lines.map((line) => `     ${line}`.trimEnd()), ''];
}

function coverageLines({ coverage }: TestReport): string[] {
  const { rules, missing } = coverage;
  const lines = missing.map(
    ({ place, policy, rule }) => `no case is decided by ${policy}, ${rule}  (${placeText(place)})`,
  );
  return [...lines, `rules that decided a case: ${rules - missing.length} of ${rules} (${coveredPercent(coverage)} %)`];
}

function summary({ results }: TestReport, failed: number): string {
  return `${results.length - failed} passed, ${failed} failed`;
}
