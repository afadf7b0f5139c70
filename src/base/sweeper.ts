import { NOT_ROSTERED, Roster, type Rostered } from './roster.ts';

/** Something that must not wait for ever. In one sweeper at most, and in no other roster. */
export interface Expiring extends Rostered {
  /** Monotonic milliseconds; `Infinity` as long as nothing is awaited. Written freely, without telling the sweeper. */
  deadline: number;
  /** The deadline has passed. Sets a later one, or is taken out of the sweeper. Must not throw. */
  expired(now: number): void;
}

/**
 * Looks at many deadlines now and then. Moving one is a write to a field: on the way of a request that is what timers
 * cost too much for. A deadline is noticed at most one interval late.
 */
export class Sweeper {
  readonly #interval: number;
  readonly #items = new Roster<Expiring>();
  #timer: NodeJS.Timeout | null = null;

  /** @param interval milliseconds */
  constructor(interval: number) {
    this.#interval = interval;
  }

  add(item: Expiring): void {
    this.#items.add(item);
    this.#timer ??= setInterval(() => this.#sweep(), this.#interval).unref();
  }

  delete(item: Expiring): void {
    this.#items.delete(item);
  }

  /** One that expires may take others out, which then do not expire any more. */
  #sweep(): void {
    const now = performance.now();
    for (const item of this.#items.all()) {
      if (item.deadline <= now && item.rosterSlot !== NOT_ROSTERED) item.expired(now);
    }
    if (this.#items.size === 0) this.#stop();
  }

  /** Not when the last item goes: on a quiet listener that would be a timer for each request. */
  #stop(): void {
    clearInterval(this.#timer!);
    this.#timer = null;
  }
}
