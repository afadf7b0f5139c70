import type { Clock } from './clock.ts';
import { Lru } from './lru.ts';

interface Count {
  failures: number;
  /** Monotonic milliseconds. */
  readonly endsAt: number;
}

const REMEMBERED = 10_000;

/**
 * How often something may go wrong within a while. It lives in one process and is bounded: with several workers, each
 * counts for itself.
 */
export class FailureBudget {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #counts = new Lru<string, Count>(REMEMBERED);

  constructor(clock: Clock, windowMs = 60_000) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  isSpent(key: string, most: number): boolean {
    return (this.#current(key)?.failures ?? 0) >= most;
  }

  /** @param amount in the measure of `most` */
  note(key: string, amount = 1): void {
    const count = this.#current(key) ?? { failures: 0, endsAt: this.#clock.monotonic() + this.#windowMs };
    count.failures += amount;
    this.#counts.set(key, count);
  }

  #current(key: string): Count | undefined {
    const count = this.#counts.get(key);
    return count !== undefined && this.#clock.monotonic() < count.endsAt ? count : undefined;
  }
}
