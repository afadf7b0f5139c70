import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../base/errors.ts';
import {
  type CallMessage,
  EXHAUSTED,
  type FromThread,
  readFromThread,
  SIGN,
  type ThreadData,
  type ToThread,
} from './messages.ts';
import type { ScriptSource } from './version.ts';

/** The same file in the sources and in what is built of them. */
const ENTRY = join(import.meta.dirname, 'thread', `main${extname(import.meta.filename)}`);
/** What the thread is made of: itself, and what says which kind of modules that is. */
const OWN_FILES = [
  join(import.meta.dirname, '*'),
  join(import.meta.dirname, '../plugins/script/*'),
  ...['../../package.json', '../../../package.json'].map((path) => join(import.meta.dirname, path)),
];

const MIB = 1024 * 1024;
/** Bytes that a thread of the runtime holds outside its heap from the start. */
const OWN_EXTERNAL = 16 * MIB;

export interface ThreadListener {
  heard(message: FromThread): void;
  /** The last thing that is told. */
  ended(because: string): void;
}

export interface ThreadParts {
  readonly source: ScriptSource;
  readonly listener: ThreadListener;
  /** Told each line that the script writes to standard output or error. */
  readonly printed: (chunk: string) => void;
}

/**
 * A thread that runs one script: no environment, no input, no child processes, no other files than those of its own
 * directory, and a network only when its manifest asks for it.
 */
export class Thread {
  readonly #signs = new Int32Array(new SharedArrayBuffer(4 * Object.keys(SIGN).length));
  readonly #worker: Worker;
  readonly #memoryMib: number;
  #reason: string | null = null;

  /** @throws when the runtime has no room for another thread */
  constructor({ source, listener, printed }: ThreadParts) {
    const { settings } = source;
    this.#memoryMib = settings.memoryMib;
    this.#worker = new Worker(ENTRY, {
      name: `script ${settings.name}`,
      env: {},
      argv: [],
      execArgv: permissionsOf(source),
      stdin: false,
      stdout: true,
      stderr: true,
      workerData: this.#dataOf(source),
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMib, stackSizeMb: 4 },
    });
    this.#worker.unref();
    this.#worker.on('message', (sent) => {
      const message = readFromThread(sent);
      if (message !== null) listener.heard(message);
    });
    this.#worker.on('error', (error) => this.#failed(error));
    this.#worker.on('exit', (code) => listener.ended(this.#reason ?? this.#ending(code)));
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', printed);
    }
  }

  post(message: CallMessage): void {
    this.#send(message);
  }

  /** Asks for a change of `beat`. */
  ping(): void {
    this.#send(null);
  }

  /** Changes whenever the thread gets round to something. */
  get beat(): number {
    return Atomics.load(this.#signs, SIGN.beat);
  }

  /** The call whose code is running, 0 when none is. */
  get current(): number {
    return Atomics.load(this.#signs, SIGN.current);
  }

  /** The last call that was begun. */
  get begun(): number {
    return Atomics.load(this.#signs, SIGN.begun);
  }

  /** `ended` is told once it is over, which takes as long as a call into the system that it may be in. */
  end(because: string): void {
    this.#reason ??= because;
    void this.#worker.terminate();
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #dataOf({ main, files, settings }: ScriptSource): ThreadData {
    const { runMs, answerMs, memoryMib } = settings;
    return { main, files, runMs, answerMs, mostExternal: memoryMib * MIB + OWN_EXTERNAL, signs: this.#signs };
  }

  #failed(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    this.#reason ??= code === 'ERR_WORKER_OUT_OF_MEMORY' ? this.#outOfMemory : messageOf(error);
  }

  #ending(code: number): string {
    return code === EXHAUSTED ? this.#outOfMemory : `it ended its thread (exit code ${code})`;
  }

  get #outOfMemory(): string {
    return `it took more than ${this.#memoryMib} MiB of memory`;
  }
}

/** A thread has permissions of its own, so the gateway keeps all that it needs itself. */
function permissionsOf({ directory, settings }: ScriptSource): string[] {
  const readable = [join(directory, '*'), ...OWN_FILES];
  return [
    '--permission',
    '--disable-warning=ExperimentalWarning',
    // it would open any file: no permission is asked about what stands in SQL
    '--no-experimental-sqlite',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...(settings.network ? ['--allow-net'] : []),
  ];
}
