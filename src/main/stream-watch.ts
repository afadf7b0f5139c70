import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange } from '../gateway/exchange.ts';
import type { OpenStreams } from '../gateway/open-streams.ts';
import type { Refusal } from '../gateway/outcome.ts';

export interface StreamWatchParts {
  readonly streams: OpenStreams;
  /** `null`: the stream may go on. Never rejects. */
  readonly judge: (x: Exchange) => Promise<Refusal | null>;
  /** Milliseconds from one look at all streams to the next. */
  readonly interval?: number;
}

const INTERVAL_MS = 5000;
/** How many are judged before requests have their turn. */
const BATCH = 64;

/**
 * Ends streams that would be refused if they were asked for now: at once when their session changes, soon after a new
 * configuration, and within the interval when time itself or another process is the reason.
 */
export class StreamWatch {
  readonly #parts: StreamWatchParts;
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #lookAgain = false;

  constructor(parts: StreamWatchParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => void this.lookAtAll(), parts.interval ?? INTERVAL_MS).unref();
  }

  sessionChanged(uid: string): void {
    void this.#look(this.#parts.streams.ofSession(uid));
  }

  /** What this User may do is less than it was. */
  userChanged(name: string): void {
    const streams = this.#parts.streams.all();
    void this.#look(streams.filter(({ principal }) => principal?.user?.metadata.name === name));
  }

  /** One look at a time: a second call during a look has another one follow. */
  async lookAtAll(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#lookAgain) {
      this.#lookAgain = false;
      await this.#look(this.#parts.streams.all());
    }
    this.#looking = false;
  }

  async #look(streams: readonly Exchange[]): Promise<void> {
    for (const [i, x] of streams.entries()) {
      if (i % BATCH === BATCH - 1) await nextTurn();
      if (!x.isOpenStream) continue;
      const refusal = await this.#parts.judge(x);
      if (refusal !== null) this.#parts.streams.end(x, refusal);
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
