import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { LimitOwner } from '../../gateway/limits/limit-owner.ts';
import type { Holder, Report } from '../../gateway/limits/messages.ts';
import type { SupervisorApi, WorkerApi } from '../worker/api.ts';
import { Channel } from '../worker/channel.ts';

/** The same file in the sources and in what is built of them. */
const ENTRY = join(import.meta.dirname, '../worker', `main${extname(import.meta.filename)}`);

/** Beyond the time that it has to drain. */
const STOP_MARGIN_MS = 2_000;

export interface WorkerProcessParts {
  readonly api: (worker: WorkerProcess) => SupervisorApi;
  /** Told when it has ended. */
  readonly limits: Pick<LimitOwner, 'gone'>;
  /** What it writes to standard output; `null`: it has none. */
  readonly output: ((stream: Readable) => void) | null;
}

/** One worker, as its supervisor sees it. */
export class WorkerProcess implements Holder {
  readonly remote: Channel<WorkerApi>;
  /** How it ended, as in `exit code 1` or `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  constructor({ api, output, limits }: WorkerProcessParts) {
    this.#child = fork(ENTRY, [], {
      serialization: 'advanced',
      stdio: ['ignore', output === null ? 'ignore' : 'pipe', 'inherit', 'ipc'],
    });
    const child = this.#child;
    if (output !== null) output(child.stdout!);
    this.ended = new Promise((resolve) => {
      // Not before all that it wrote was read.
      child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
      // Such as no memory for another process.
      child.on('error', (error) => child.pid === undefined && resolve(error.message));
    });
    void this.ended.then(() => limits.gone(this));
    this.remote = new Channel<WorkerApi>(
      {
        send: (message, failed) => void child.send(message, undefined, {}, failed),
        on: (event: 'message' | 'disconnect', listener: (message: unknown) => void) => child.on(event, listener),
      },
      api(this),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Lets it finish what it is doing, for at most `ms`. Resolves when it has ended. */
  async drain(ms: number): Promise<void> {
    this.remote.call('drain', ms).catch(() => {});
    const overdue = setTimeout(() => this.kill(), ms + STOP_MARGIN_MS);
    await this.ended;
    clearTimeout(overdue);
  }

  recall(what: { readonly id: string; readonly key: string }): Promise<Report> {
    return this.remote.call('recallLimit', what);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
