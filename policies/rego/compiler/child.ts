import { type ChildProcess, spawn } from 'node:child_process';
import type { OpaResult } from './opa-work.ts';

export interface ChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds. */
  readonly timeout: number;
  /** Bytes of standard output, and of standard error. */
  readonly maxOutput: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end. Never rejects: what went wrong is in `error`, and then the program is killed. */
export function runChild(program: string, args: readonly string[], options: ChildOptions): Promise<OpaResult> {
  const { cwd, env, timeout, maxOutput, signal } = options;
  if (signal.aborted) return Promise.resolve(failed(new Error(TOO_LONG)));
  const { promise, resolve } = Promise.withResolvers<OpaResult>();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const giveUp = (message: string) => end(child, resolve, new Error(message));
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const output = new Output(maxOutput, () => giveUp('the program says too much'));
    stream.on('data', (chunk: Buffer) => output.add(chunk));
    return output;
  });
  const abort = () => giveUp(TOO_LONG);
  const timer = setTimeout(abort, timeout);
  signal.addEventListener('abort', abort, { once: true });
  child.on('error', (error) => resolve(failed(error)));
  child.on('close', (status) => resolve({ status, stdout: stdout!.text(), stderr: stderr!.text() }));
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
}

const TOO_LONG = 'the program takes too long';

function failed(error: Error): OpaResult {
  return { status: null, stdout: '', stderr: '', error };
}

/** Not waited for: children of its own may hold what it writes to open. */
function end(child: ChildProcess, resolve: (result: OpaResult) => void, error: Error): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  resolve(failed(error));
}

class Output {
  readonly #chunks: Buffer[] = [];
  readonly #full: () => void;
  #left: number;

  constructor(most: number, full: () => void) {
    this.#left = most;
    this.#full = full;
  }

  add(chunk: Buffer): void {
    this.#left -= chunk.length;
    if (this.#left < 0) this.#full();
    else this.#chunks.push(chunk);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
