import { type Diagnostic, formatDiagnostic } from '../../base/diagnostic.ts';
import { type CaseResult, placeText, type TestReport } from './report.ts';

/** The XML form that build servers read; each PolicyTest is a suite, a mistake in a file is an error of a case. */
export function junit({ results, diagnostics }: TestReport): string {
  const mistakes = diagnostics.filter(({ severity }) => severity === 'error');
  const suites = [...Map.groupBy(results, ({ test }) => test)].map(([test, cases]) => suite(test, cases));
  const all = mistakes.length === 0 ? suites : [...suites, mistakeSuite(mistakes)];
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites>`, ...all, '</testsuites>', ''].join('\n');
}

function suite(name: string, cases: readonly CaseResult[]): string {
  const failures = cases.filter((one) => one.failures.length > 0).length;
  const time = seconds(cases.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
  const start = element('testsuite', { name, tests: cases.length, failures, errors: 0, time });
  return [start, ...cases.map(testCase), '  </testsuite>'].join('\n');
}

function testCase({ test, name, place, failures, milliseconds }: CaseResult): string {
  const { file, line } = place;
  const start = element('testcase', { classname: test, name, file, line, time: seconds(milliseconds) }, '    ');
  if (failures.length === 0) return `${start}</testcase>`;
  const message = failures.join('; ');
  const failure = element('failure', { message, type: 'policy' }, '      ');
  return [start, `${failure}${text(`${placeText(place)}: ${message}`)}</failure>`, '    </testcase>'].join('\n');
}

function mistakeSuite(mistakes: readonly Diagnostic[]): string {
  const count = mistakes.length;
  const start = element('testsuite', { name: 'files', tests: count, failures: 0, errors: count, time: seconds(0) });
  const cases = mistakes.map((one) => {
    const { file, line, message } = one;
    const begin = element(
      'testcase',
      { classname: 'files', name: placeText(one), file, line, time: seconds(0) },
      '    ',
    );
    const error = element('error', { message, type: 'mistake' }, '      ');
    return [begin, `${error}${text(formatDiagnostic(one))}</error>`, '    </testcase>'].join('\n');
  });
  return [start, ...cases, '  </testsuite>'].join('\n');
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, indent = '  '): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${text(String(value))}"`);
  return `${indent}<${name}${written.join('')}>`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(6);
}

const REFERENCES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' },
  ...{ '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' },
};
/** XML 1.0 has no way to write the other control characters and half a surrogate pair. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function text(value: string): string {
  const possible = value.replaceAll(NO_CHARACTER, '\ufffd');
  return possible.replaceAll(/[&<>"\n\r\t]/g, (character) => REFERENCES[character] ?? character);
}
