import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { OpenStreams } from '../gateway/open-streams.ts';
import type { Refusal } from '../gateway/outcome.ts';

export interface StreamWatchParts {
  readonly streams: OpenStreams;
  /** `null`: the stream may go on. Never rejects. */
  readonly judge: (x: Exchange) => Promise<Refusal | null>;
  /** When time alone ends its session, as far as is known, in milliseconds since 1970; `Infinity`: never. */
  readonly endOf: (x: Exchange) => number;
  readonly clock: Clock;
  /** Milliseconds from one look at all streams to the next. */
  readonly interval?: number;
}

const INTERVAL_MS = 5000;
/** How many are judged before requests have their turn. */
const BATCH = 64;

interface AwaitedEnd {
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * Ends streams that would be refused if they were asked for now: at once when their session changes or is over, soon
 * after a new configuration, and within the interval when a condition about time or another process is the reason.
 */
export class StreamWatch {
  readonly #parts: StreamWatchParts;
  readonly #interval: number;
  readonly #timer: NodeJS.Timeout;
  /** By session, those that end before the next look. */
  readonly #ends = new Map<string, AwaitedEnd>();
  /** Monotonic milliseconds of the last change that streams were judged for. */
  #changedAt = Number.NEGATIVE_INFINITY;
  /** What every stream is refused with from now on. */
  #ending: Refusal | null = null;
  #looking = false;
  #lookAgain = false;

  constructor(parts: StreamWatchParts) {
    this.#parts = parts;
    this.#interval = parts.interval ?? INTERVAL_MS;
    this.#timer = setInterval(() => void this.#lookAround(), this.#interval).unref();
  }

  /** A change between the decision and the answer found no stream to judge, and neither did an end. */
  opened(x: Exchange): void {
    const { endOf, clock } = this.#parts;
    const isLate = x.timings.accepted <= this.#changedAt || endOf(x) <= clock.now();
    if (isLate || this.#ending !== null) void this.#look([x]);
    else this.#awaitEnd(x);
  }

  sessionChanged(uid: string): void {
    this.#changed();
    void this.#look(this.#parts.streams.ofSession(uid));
  }

  /** What this User may do is less than it was. */
  userChanged(name: string): void {
    this.#changed();
    const streams = this.#parts.streams.all();
    void this.#look(streams.filter(({ principal }) => principal?.user?.metadata.name === name));
  }

  /** For what may concern every one of them. */
  lookAtAll(): Promise<void> {
    this.#changed();
    return this.#lookAround();
  }

  /** Ends every stream, and those that are opened yet. */
  endAll(refusal: Refusal): Promise<void> {
    this.#ending = refusal;
    return this.lookAtAll();
  }

  #changed(): void {
    this.#changedAt = this.#parts.clock.monotonic();
  }

  /** One look at a time: a second call during a look has another one follow. */
  async #lookAround(): Promise<void> {
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
      const refusal = await (this.#ending ?? this.#parts.judge(x));
      if (refusal === null) this.#awaitEnd(x);
      else this.#parts.streams.end(x, refusal);
    }
  }

  /** Ends that are further away are found by the next look. */
  #awaitEnd(x: Exchange): void {
    const uid = x.principal?.session?.metadata.uid;
    if (uid === undefined || !x.isOpenStream) return;
    const at = this.#parts.endOf(x);
    const left = at - this.#parts.clock.now();
    const known = this.#ends.get(uid);
    if (!(left > 0 && left <= this.#interval) || (known !== undefined && known.at <= at)) return;
    clearTimeout(known?.timer);
    this.#ends.set(uid, { at, timer: setTimeout(() => this.#ended(uid), left).unref() });
  }

  #ended(uid: string): void {
    this.#ends.delete(uid);
    void this.#look(this.#parts.streams.ofSession(uid));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { timer } of this.#ends.values()) clearTimeout(timer);
  }
}
