import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { runChild } from './child.ts';
import { askVersion, type OpaResult, type OpaRun, type OpaWork } from './opa-work.ts';

/** Of one run; a policy of 20,000 characters takes well under a second. */
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT = 64 * 1024 * 1024;

/** The `opa` program. It is run without a shell. */
export class OpaProgram {
  readonly #program: string;
  /** `undefined`: not asked yet. */
  #version: string | null | undefined;

  /** @param program a path, or a name that is looked up in PATH */
  constructor(program = 'opa') {
    // the program runs in another folder
    this.#program = program.includes('/') ? resolve(program) : program;
  }

  /** `1.22.2`; `null` when there is no such program. Asked once; the process waits for it. */
  version(): string | null {
    if (this.#version === undefined) this.#version = this.now(askVersion());
    return this.#version;
  }

  /** The same without waiting, as far as it was asked for. */
  get knownVersion(): string | null | undefined {
    return this.#version;
  }

  /** The same while the process goes on; a program that is not there is looked for again the next time. */
  async versionLater(signal: AbortSignal): Promise<string | null> {
    this.#version ??= await this.later(askVersion(), signal);
    return this.#version;
  }

  /** Does the work at once: nothing else happens in this process meanwhile. */
  now<T>(work: OpaWork<T>): T {
    let step = work.next();
    while (step.done !== true) step = work.next(this.#runNow(step.value));
    return step.value;
  }

  /** Does the work while the process goes on. @param signal ends the run that is under way, and all after it */
  async later<T>(work: OpaWork<T>, signal: AbortSignal): Promise<T> {
    let step = work.next();
    while (step.done !== true) step = work.next(await this.#runLater(step.value, signal));
    return step.value;
  }

  #runNow({ args, folder }: OpaRun): OpaResult {
    return spawnSync(this.#program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: environment(),
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT,
    });
  }

  #runLater({ args, folder }: OpaRun, signal: AbortSignal): Promise<OpaResult> {
    const limits = { timeout: TIMEOUT_MS, maxOutput: MAX_OUTPUT, signal };
    return runChild(this.#program, args, { cwd: folder, env: environment(), ...limits });
  }
}

function environment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return PATH === undefined ? {} : { PATH };
}
