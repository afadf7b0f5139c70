import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { NOTHING_READ, type ReadResult } from '../../control/read.ts';
import type { ConfigText } from '../../control/sources/files.ts';
import { nativeDialect } from '../../dialects/native/native.ts';
import { readYaml, type YamlDocument } from '../../dialects/yaml.ts';
import type { Source } from '../../model/index.ts';
import { locateProblem } from '../../model/validate/problem.ts';
import { isMapping } from '../../model/validate/schema-node.ts';
import { validateAgainst } from '../../model/validate/validate.ts';
import { PolicyTest } from './schema.ts';
import { writtenOut } from './short-forms.ts';

export interface TestDocument {
  readonly test: PolicyTest;
  readonly source: Source;
}

/** A `*.test.yaml` file: tests, and resources that are there for them alone. */
export interface TestFile {
  readonly file: string;
  readonly tests: readonly TestDocument[];
  readonly fixtures: ReadResult;
  /** Of the tests; those of the fixtures are with them. */
  readonly diagnostics: readonly Diagnostic[];
}

export function readTestFile({ file, text }: ConfigText): TestFile {
  const { documents, syntaxErrors } = readYaml(text, file);
  if (syntaxErrors.length > 0) return { file, tests: [], fixtures: NOTHING_READ, diagnostics: syntaxErrors };
  const [tests, others] = [documents.filter(isTest), documents.filter((one) => !isTest(one))];
  const read = tests.map(readTest);
  return {
    file,
    tests: read.flatMap(({ document }) => document ?? []),
    fixtures: fixturesOf(others, file),
    diagnostics: tests.length === 0 ? [withoutTest(file)] : read.flatMap(({ diagnostics }) => diagnostics),
  };
}

function withoutTest(file: string): Diagnostic {
  const place = { file, line: 1, column: 1, path: '', resource: null };
  const suggestion = 'put resources that are no fixtures of a test into another file';
  return { severity: 'error', ...place, message: 'the file has no PolicyTest', suggestion };
}

function fixturesOf(documents: readonly YamlDocument[], file: string): ReadResult {
  const { unreadable, ...translated } = nativeDialect.translate(documents);
  return { ...translated, unreadable: unreadable ? [file] : [] };
}

function isTest({ value }: YamlDocument): boolean {
  return isMapping(value) && value.kind === 'PolicyTest';
}

interface ReadTest {
  /** `null` when it has errors. */
  readonly document: TestDocument | null;
  readonly diagnostics: readonly Diagnostic[];
}

function readTest({ value, source, diagnostics }: YamlDocument): ReadTest {
  const written = writtenOut(value);
  const found = validateAgainst(PolicyTest, written).map((one) => locateProblem(one, source, titleOf(value)));
  const all = [...diagnostics, ...found];
  return { document: hasErrors(all) ? null : { test: written as PolicyTest, source }, diagnostics: all };
}

function titleOf(value: unknown): string {
  const name = isMapping(value) && isMapping(value.metadata) ? value.metadata.name : undefined;
  return `PolicyTest/${typeof name === 'string' ? name : '?'}`;
}
