import { readTexts } from '../../../../src/control/read.ts';
import { readTestFile } from '../../../../src/main/policy-test/read.ts';
import { runTests } from '../../../../src/main/policy-test/run.ts';

const NOW = Date.parse('2026-01-07T12:00:00Z');

/** Tries test documents, given as YAML, on resources. */
export function tried(resources: string, ...tests: readonly string[]) {
  const files = tests.map((text, i) => readTestFile({ file: `${i}.test.yaml`, text }));
  const read = readTexts([{ file: 'all.yaml', text: resources }]);
  return runTests({ resources: read, files, onlyAttached: false, domain: 'localhost', explain: false, now: NOW });
}

/** One PolicyTest with this spec, in JSON. */
export function policyTest(spec: unknown): string {
  return JSON.stringify({ kind: 'PolicyTest', metadata: { name: 'it' }, spec });
}

/** What was not as expected, case by case, or the mistakes. */
export async function failuresOf(resources: string, ...rows: readonly unknown[]): Promise<string[]> {
  const { results, diagnostics } = await tried(resources, policyTest({ table: rows }));
  if (diagnostics.length > 0) return diagnostics.map(({ path, message }) => `${path}: ${message}`);
  return results.flatMap(({ failures }) => failures);
}
