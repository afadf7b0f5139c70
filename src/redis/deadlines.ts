import type { Clock } from '../base/clock.ts';

/** One question, until it is answered or overdue. */
export interface Waiting {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly endsAt: number;
  isOver: boolean;
}

/** Ends what waits too long, with one timer for all: each has the same time, so the first one is the first to be overdue. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #overdue: () => void;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param overdue told after those who waited too long */
  constructor(ms: number, clock: Clock, overdue: () => void) {
    this.#ms = ms;
    this.#clock = clock;
    this.#overdue = overdue;
  }

  add(): Waiting {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const over = () => {
      waiting.isOver = true;
    };
    const waiting: Waiting = {
      promise,
      resolve: (value) => {
        over();
        resolve(value);
      },
      reject: (reason) => {
        over();
        reject(reason);
      },
      endsAt: this.#clock.monotonic() + this.#ms,
      isOver: false,
    };
    this.#waiting.push(waiting);
    this.#timer ??= this.#wake(this.#ms);
    return waiting;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Replies that came while this process was busy are read before anybody is called overdue. */
  #wake(ms: number): NodeJS.Timeout {
    return setTimeout(() => setImmediate(() => this.#look()), ms).unref();
  }

  #look(): void {
    this.#timer = null;
    const now = this.#clock.monotonic();
    const open = this.#waiting.filter(({ isOver }) => !isOver);
    const late = open.filter(({ endsAt }) => endsAt <= now);
    this.#waiting = open.filter(({ endsAt }) => endsAt > now);
    for (const waiting of late) waiting.reject(new Error(`no answer within ${this.#ms} ms`));
    const [next] = this.#waiting;
    if (next !== undefined) this.#timer = this.#wake(Math.max(1, Math.ceil(next.endsAt - now)));
    if (late.length > 0) this.#overdue();
  }
}
