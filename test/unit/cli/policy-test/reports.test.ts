import assert from 'node:assert/strict';
import { test } from 'node:test';
import { junit } from '../../../../src/cli/policy-test/junit.ts';
import { readable } from '../../../../src/cli/policy-test/readable.ts';
import { type CaseResult, coveredPercent, type TestReport } from '../../../../src/cli/policy-test/report.ts';
import { tap } from '../../../../src/cli/policy-test/tap.ts';
import { readTap } from '../../../support/tap.ts';
import { readXml } from '../../../support/xml.ts';

const place = { file: 'a.test.yaml', line: 3, column: 5 };

function result(name: string, ...failures: string[]): CaseResult {
  return { place, test: 'office', name, failures, milliseconds: 1.5, explanation: null };
}

function report(...results: CaseResult[]): TestReport {
  return { results, coverage: { rules: 3, missing: [{ place, policy: 'p', rule: 'r' }] }, diagnostics: [] };
}

const MISTAKE = {
  ...place,
  severity: 'error',
  path: 'spec',
  message: 'a <b> "c"',
  suggestion: null,
  resource: null,
} as const;
const NASTY = 'a # b \\ <c> & "d" \u0000 \ud800\nnot ok 9 - e';

test('text: what failed with its place, what no case is decided by, and the counts', () => {
  const shown = readable(report(result('one'), result('two', 'expected decision allow; it was deny')));
  assert.equal(
    shown,
    [
      'FAIL office: two',
      '     a.test.yaml:3:5: expected decision allow; it was deny',
      '',
      'no case is decided by p, r  (a.test.yaml:3:5)',
      'rules that decided a case: 2 of 3 (66 %)',
      '1 passed, 1 failed',
      '',
    ].join('\n'),
  );
});

test('TAP: points, blocks of failures, and names that could be taken for something else', () => {
  const points = readTap(tap(report(result('one'), result(NASTY, 'first: "x"', 'second'))));
  assert.deepEqual(points, [
    { ok: true, description: 'office: one', diagnosis: null },
    {
      ok: false,
      description: `office: ${NASTY.replace('\n', ' ')}`,
      diagnosis: { message: 'first: "x"; second', at: 'a.test.yaml:3:5', duration_ms: 1.5 },
    },
  ]);
});

test('TAP: with mistakes in files nothing was tried', () => {
  assert.equal(tap({ ...report(), diagnostics: [MISTAKE] }), 'TAP version 14\nBail out! the files have mistakes\n');
});

test('JUnit: suites, counts, failures, and names that XML cannot hold', () => {
  const root = readXml(junit(report(result('one'), result(NASTY, '<no>'))));
  assert.equal(root.name, 'testsuites');
  const [suite] = root.children;
  assert.deepEqual(Object.fromEntries(suite!.attributes), {
    name: 'office',
    tests: '2',
    failures: '1',
    errors: '0',
    time: '0.003000',
  });
  const [one, two] = suite!.children;
  assert.deepEqual(
    [one!.children.length, one!.attributes.get('file'), one!.attributes.get('line')],
    [0, 'a.test.yaml', '3'],
  );
  assert.equal(two!.attributes.get('name'), NASTY.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd'));
  const [failure] = two!.children;
  assert.deepEqual([failure!.name, failure!.attributes.get('message')], ['failure', '<no>']);
  assert.equal(failure!.text, 'a.test.yaml:3:5: <no>');
});

test('JUnit: mistakes in files are errors', () => {
  const root = readXml(junit({ ...report(), diagnostics: [MISTAKE] }));
  const [suite] = root.children;
  assert.deepEqual([suite!.attributes.get('name'), suite!.attributes.get('errors')], ['files', '1']);
  assert.equal(suite!.children[0]!.children[0]!.attributes.get('message'), 'a <b> "c"');
});

test('coverage is rounded down, and full where there is no rule', () => {
  const missing = [{ place, policy: 'p', rule: 'r' }];
  assert.equal(coveredPercent({ rules: 1000, missing }), 99);
  assert.equal(coveredPercent({ rules: 0, missing: [] }), 100);
});
