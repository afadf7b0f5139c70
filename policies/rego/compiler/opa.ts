import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ExpressionProblem } from '../../engine.ts';
import { readArchive } from '../archive.ts';

/** Of one run; a policy of 20,000 characters takes well under a second. */
const TIMEOUT_MS = 20_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

const FILE = 'policy.rego';
const BUNDLE = 'bundle.tar.gz';

/** The `opa` program. It is run without a shell and waited for: sources are compiled when configuration is. */
export class OpaProgram {
  readonly #program: string;
  #version: string | null | undefined;

  /** @param program a path, or a name that is looked up in PATH */
  constructor(program = 'opa') {
    // the program runs in another folder
    this.#program = program.includes('/') ? resolve(program) : program;
  }

  /** `1.22.2`; `null` when there is no such program. Asked once. */
  version(): string | null {
    if (this.#version === undefined) {
      const { status, stdout } = this.#run(['version'], tmpdir());
      this.#version = status === 0 ? (/^Version:\s*(\S+)/m.exec(stdout)?.[1] ?? null) : null;
    }
    return this.#version;
  }

  /** The syntax tree as JSON with places; `null` for what cannot be parsed. */
  parse(source: string): string | null {
    return withFile(source, (folder) => {
      const { status, stdout } = this.#run(['parse', '--format=json', '--json-include=locations', FILE], folder);
      return status === 0 ? stdout : null;
    });
  }

  /** The module in WebAssembly; `null` for what does not compile. */
  build(source: string, entrypoint: string): Uint8Array | null {
    return withFile(source, (folder) => {
      const args = ['build', '--target=wasm', `--entrypoint=${entrypoint}`, `--output=${BUNDLE}`, FILE];
      return this.#run(args, folder).status === 0 ? moduleOf(join(folder, BUNDLE)) : null;
    });
  }

  /** What is wrong with a source that was not parsed or built. */
  problems(source: string): readonly ExpressionProblem[] {
    return withFile(source, (folder) => {
      const run = this.#run(['check', '--format=json', FILE], folder);
      const problems = run.status === 0 ? [] : readProblems(run.stderr);
      return problems.length > 0 ? problems : [{ ...START, message: `opa: ${textOf(run)}`, suggestion: null }];
    });
  }

  #run(args: readonly string[], folder: string): Run {
    const { PATH } = process.env;
    return spawnSync(this.#program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: PATH === undefined ? {} : { PATH },
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT,
    });
  }
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly error?: Error;
}

function moduleOf(bundle: string): Uint8Array | null {
  const files = readArchive(readFileSync(bundle));
  return files.find(({ name }) => name === 'policy.wasm')?.bytes ?? null;
}

const START = { line: 1, column: 1 };

/** The program runs in the folder: names of files are part of modules. */
function withFile<T>(source: string, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-rego-'));
  try {
    writeFileSync(join(folder, FILE), source);
    return use(folder);
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

function textOf({ error, stderr }: Run): string {
  return error?.message ?? (stderr.trim() || 'the policy does not compile');
}
