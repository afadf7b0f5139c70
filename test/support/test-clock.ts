import type { Clock } from '../../src/base/clock.ts';

/** A clock that stands still until it is told otherwise. It starts at the true time, which tokens are checked by. */
export class TestClock implements Clock {
  #now = Date.now();
  #monotonic = 0;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Somebody sets the clock: no time passes. */
  step(milliseconds: number): void {
    this.#now += milliseconds;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    this.#monotonic += milliseconds;
  }
}
