import type { Diagnostic } from '../../base/diagnostic.ts';
import { AppError } from '../../base/errors.ts';
import type { ReadResult } from '../../control/read.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import { locateProblem, type Problem, problem } from '../../model/validate/problem.ts';
import { headOf } from '../offline/asked-request.ts';
import { assembleRead } from '../offline.ts';
import { casesOf, type TestCase } from './cases.ts';
import { ruleNames } from './coverage.ts';
import { expectedNames } from './expected-names.ts';
import type { TestTexts } from './files.ts';
import { questionOf, type TestQuestion } from './question.ts';
import type { TestDocument, TestFile } from './read.ts';

export interface TestRun extends TestTexts {
  readonly domain: string;
  /** Cases that fail come with what was looked at. */
  readonly explain: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface ReadyCase {
  readonly testCase: TestCase;
  readonly snapshot: CompiledSnapshot;
  readonly question: TestQuestion;
}

export interface ReadyFile {
  readonly cases: readonly ReadyCase[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads what the cases of a file ask, under the resources with the fixtures of that file. */
export function prepare({ resources, domain, now }: TestRun, file: TestFile): ReadyFile {
  const together = joined(resources, file.fixtures);
  const assembly = assembleRead(together, domain);
  const { snapshot } = assembly.compiled;
  const rules = ruleNames(together.resources);
  const cases: ReadyCase[] = [];
  const mistakes = file.tests.flatMap(withoutCases);
  for (const testCase of file.tests.flatMap(casesOf)) {
    const asked = questionOf(testCase, snapshot, now);
    const problems = asked.ok ? requestProblems(testCase, snapshot, asked.question) : asked.problems;
    for (const one of [...expectedNames(testCase, rules), ...problems]) mistakes.push(located(one, testCase.document));
    if (asked.ok) cases.push({ testCase, snapshot, question: asked.question });
  }
  return { cases, diagnostics: [...file.diagnostics, ...assembly.diagnostics, ...mistakes] };
}

function withoutCases(document: TestDocument): Diagnostic[] {
  if (casesOf(document).length > 0) return [];
  return [located(problem(['spec'], 'there is no case', { suggestion: 'give cases or a table' }), document)];
}

function located(found: Problem, { source, test }: TestDocument): Diagnostic {
  return locateProblem(found, source, `PolicyTest/${test.metadata.name}`);
}

function joined(a: ReadResult, b: ReadResult): ReadResult {
  return {
    resources: [...a.resources, ...b.resources],
    broken: [...a.broken, ...b.broken],
    diagnostics: [...a.diagnostics, ...b.diagnostics],
    unreadable: [...a.unreadable, ...b.unreadable],
  };
}

/** What cannot be sent at all, such as a header field with a line break. */
function requestProblems({ givenAt }: TestCase, snapshot: CompiledSnapshot, { request }: TestQuestion): Problem[] {
  try {
    headOf(snapshot, request);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return [problem([...givenAt, 'request'], thrown.message)];
  }
}
