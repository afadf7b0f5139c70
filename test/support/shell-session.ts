import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

export interface Ran {
  readonly code: number | null;
  /** Standard output and standard error, in the order in which they came. */
  readonly output: string;
}

/** After which a script that should have ended is ended. */
const LONGEST_MS = 60_000;

/** What a reader has: a directory, a shell whose variables last, and programs that were left running. */
export class ShellSession {
  readonly #directory: string;
  readonly #running: ChildProcess[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Runs lines as one script that ends at the first command that fails. */
  async run(script: string): Promise<Ran> {
    const child = this.#spawn(script);
    let output = '';
    const add = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', add);
    const overdue = setTimeout(() => signal(child, 'SIGKILL'), LONGEST_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(overdue);
    return { code, output };
  }

  /** Leaves a program running once it has printed what is expected. */
  async start(script: string, expected: RegExp): Promise<void> {
    const child = this.#spawn(script);
    this.#running.push(child);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (expected.test(output)) resolve();
      });
      child.on('close', (code) => reject(new Error(`it ended with ${code} and printed:\n${output}`)));
    });
  }

  /** Ends what was left running, and waits for it. */
  async stop(): Promise<void> {
    for (const child of this.#running.splice(0)) {
      if (child.exitCode !== null) continue;
      const closed = once(child, 'close');
      signal(child, 'SIGINT');
      await closed;
    }
  }

  /** A process group of its own, so that all of it can be ended. */
  #spawn(script: string): ChildProcess {
    const variables = join(this.#directory, '.variables');
    const lines = [`set -ea; [ ! -e ${variables} ] || . ${variables}; exec 2>&1`, script, `export -p > ${variables}`];
    return spawn('/bin/sh', ['-c', lines.join('\n')], {
      cwd: this.#directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { HOME: this.#directory, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NO_PROXY: '*' },
    });
  }
}

/** To the whole process group: a script and what it started. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, name);
}
