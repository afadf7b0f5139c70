/**
 * `npm test [PATH…]`: every suite, or those below the given paths. Ends with `N passed, N failed, N skipped`.
 */
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const SUITES = ['architecture', 'unit', 'golden', 'conformance', 'security', 'e2e'];

const given = process.argv.slice(2);
const patterns = given.length > 0 ? given.map(asPattern) : SUITES.map((suite) => `test/${suite}/**/*.test.ts`);
const files = globSync(patterns).sort();

function asPattern(path: string): string {
  return path.endsWith('.ts') ? path : `${path.replace(/\/$/, '')}/**/*.test.ts`;
}

if (files.length === 0) {
  console.error(`no test file matches ${patterns.join(', ')}`);
  process.exit(1);
}

// every suite and every gateway that one starts compiles the same sources: the second one finds them compiled
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

const SLOWEST = 25;
const took: { readonly file: string; readonly seconds: number }[] = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files, concurrency: 2, timeout: 300_000 });
stream.on('test:summary', (summary) => {
  if (summary.file !== undefined) {
    took.push({ file: relative(process.cwd(), summary.file), seconds: summary.duration_ms / 1000 });
    return;
  }
  counts.passed = summary.counts.passed;
  counts.failed = summary.counts.tests - summary.counts.passed - summary.counts.skipped - summary.counts.todo;
  counts.skipped = summary.counts.skipped + summary.counts.todo;
});
stream
  .compose(new spec())
  .on('end', () => {
    process.stdout.write(`\nthe slowest files, in seconds:\n${slowest()}\n`);
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  })
  .pipe(process.stdout);

function slowest(): string {
  const first = took.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
  return first.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(6)} ${file}`).join('\n');
}
