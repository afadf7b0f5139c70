import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExpressionProblem } from '../../engine.ts';
import { readArchive } from '../archive.ts';

/** One run of the `opa` program that is wanted. */
export interface OpaRun {
  readonly args: readonly string[];
  /** Where it runs. */
  readonly folder: string;
}

/** What came of it. */
export interface OpaResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: Error;
}

/** Work that needs the program: it says what to run, and whoever does it gives back what came of it. */
export type OpaWork<T> = Generator<OpaRun, T, OpaResult>;

const FILE = 'policy.rego';
const BUNDLE = 'bundle.tar.gz';

/** `1.22.2`; `null` when there is no such program. */
export function* askVersion(): OpaWork<string | null> {
  const { status, stdout } = yield { args: ['version'], folder: tmpdir() };
  return status === 0 ? (/^Version:\s*(\S+)/m.exec(stdout)?.[1] ?? null) : null;
}

/** The syntax tree as JSON with places; `null` for what cannot be parsed. */
export function* parse(source: string): OpaWork<string | null> {
  return yield* withFile(source, function* (folder) {
    const { status, stdout } = yield { args: ['parse', '--format=json', '--json-include=locations', FILE], folder };
    return status === 0 ? stdout : null;
  });
}

/** The module in WebAssembly; `null` for what does not compile. */
export function* build(source: string, entrypoint: string): OpaWork<Uint8Array | null> {
  return yield* withFile(source, function* (folder) {
    const args = ['build', '--target=wasm', `--entrypoint=${entrypoint}`, `--output=${BUNDLE}`, FILE];
    const { status } = yield { args, folder };
    return status === 0 ? moduleOf(join(folder, BUNDLE)) : null;
  });
}

/** What is wrong with a source that was not parsed or built. */
export function* findProblems(source: string): OpaWork<readonly ExpressionProblem[]> {
  return yield* withFile(source, function* (folder) {
    const run = yield { args: ['check', '--format=json', FILE], folder };
    const problems = run.status === 0 ? [] : readProblems(run.stderr);
    return problems.length > 0 ? problems : [{ ...START, message: `opa: ${textOf(run)}`, suggestion: null }];
  });
}

function moduleOf(bundle: string): Uint8Array | null {
  const files = readArchive(readFileSync(bundle));
  return files.find(({ name }) => name === 'policy.wasm')?.bytes ?? null;
}

const START = { line: 1, column: 1 };

/** The program runs in the folder: names of files are part of modules. */
function* withFile<T>(source: string, use: (folder: string) => OpaWork<T>): OpaWork<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-rego-'));
  try {
    writeFileSync(join(folder, FILE), source);
    return yield* use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface OpaError {
  readonly message?: string;
  readonly location?: { readonly row?: number; readonly col?: number };
}

function readProblems(text: string): readonly ExpressionProblem[] {
  if (!text.startsWith('{')) return [];
  const { errors = [] } = JSON.parse(text) as { readonly errors?: readonly OpaError[] };
  return errors.map(({ message = '', location }) => ({
    line: location?.row || 1,
    column: location?.col || 1,
    message,
    suggestion: null,
  }));
}

function textOf({ error, stderr }: OpaResult): string {
  return error?.message ?? (stderr.trim() || 'the policy does not compile');
}
