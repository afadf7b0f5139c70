/**
 * `npm test [PATH…]`: every suite, or those below the given paths. Ends with `N passed, N failed, N skipped`.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath, pathToFileURL } from 'node:url';

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

// every suite compiles the same sources: the second one finds them compiled
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

/** Files that stand for several; they are not for other runs, which may be of another checkout. */
const GROUPS = mkdtempSync(join(tmpdir(), 'ostiary-suites-'));
process.on('exit', () => rmSync(GROUPS, { recursive: true, force: true }));

/** Starting a process takes longer than most unit tests do: those of one folder share theirs. */
function inGroups(all: readonly string[]): string[] {
  const byFolder = Map.groupBy(all, (file) => (mayShare(file) ? folderOf(file) : ''));
  const alone = byFolder.get('') ?? [];
  byFolder.delete('');
  return [...byFolder].map(([folder, members]) => group(folder, members)).concat(alone);
}

function folderOf(file: string): string {
  return /^test\/unit\/(?!bench\/)([^/]+)\//.exec(file)?.[1] ?? '';
}

/** What a file has done before each of its tests would be done before those of the others too. */
function mayShare(file: string): boolean {
  return folderOf(file) !== '' && !/^(?:before|after)Each\(/m.test(readFileSync(file, 'utf8'));
}

function group(folder: string, files: readonly string[]): string {
  const path = join(GROUPS, `unit-${folder}.test.mjs`);
  writeFileSync(path, files.map((file) => `import '${pathToFileURL(resolve(file)).href}';\n`).join(''));
  return path;
}

const SLOWEST = 25;
const took: { readonly file: string; readonly seconds: number }[] = [];
const counts = { passed: 0, failed: 0, skipped: 0 };
const stream = run({ files: inGroups(files), concurrency: 2, timeout: 300_000 });
stream.on('test:summary', (summary) => {
  if (summary.file !== undefined) {
    took.push({
      file: relative(summary.file.startsWith(GROUPS) ? GROUPS : process.cwd(), summary.file),
      seconds: summary.duration_ms / 1000,
    });
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
