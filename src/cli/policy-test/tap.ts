import { hasErrors } from '../../base/diagnostic.ts';
import { type CaseResult, coveredPercent, placeText, type TestReport } from './report.ts';

/** TAP version 14 (testanything.org). */
export function tap({ results, coverage, diagnostics }: TestReport): string {
  if (hasErrors(diagnostics)) return 'TAP version 14\nBail out! the files have mistakes\n';
  const missing = coverage.missing.map(({ place, policy, rule }) => {
    return comment(`no case is decided by ${policy}, ${rule} (${placeText(place)})`);
  });
  return [
    'TAP version 14',
    `1..${results.length}`,
    ...results.flatMap((result, i) => testPoint(result, i + 1)),
    ...missing,
    comment(`rules that decided a case: ${coveredPercent(coverage)} %`),
    '',
  ].join('\n');
}

function testPoint(result: CaseResult, id: number): string[] {
  const { test, name, failures } = result;
  const line = `${failures.length === 0 ? 'ok' : 'not ok'} ${id} - ${description(`${test}: ${name}`)}`;
  return failures.length === 0 ? [line] : [line, ...diagnosis(result)];
}

/** A YAML block, whose texts are written as JSON, which is YAML too. */
function diagnosis({ place, failures, milliseconds }: CaseResult): string[] {
  return [
    '  ---',
    `  message: ${JSON.stringify(failures.join('; '))}`,
    `  at: ${JSON.stringify(placeText(place))}`,
    `  duration_ms: ${milliseconds.toFixed(3)}`,
    '  ...',
  ];
}

/** `#` begins a directive, and a line ends the test point. */
function description(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('#', '\\#')
    .replaceAll(/[\r\n]+/g, ' ');
}

function comment(text: string): string {
  return `# ${text.replaceAll(/[\r\n]+/g, ' ')}`;
}
