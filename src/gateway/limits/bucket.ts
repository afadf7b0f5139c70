import type { LimitRule } from './limits.ts';
import type { Meter } from './meter.ts';

/** Below what a request counts, above what adding up fractions is off by. */
const ROUNDING = 1e-6;

/** Drains steadily, `limit` in a window, and holds `capacity`. As a leaky bucket its requests wait for their turn. */
export class Bucket implements Meter {
  readonly isHeld = false;
  readonly isLeasable: boolean;
  /** Milliseconds for one request to drain. */
  readonly #interval: number;
  readonly #capacity: number;
  readonly #isLeaky: boolean;
  #level = 0;
  #at = 0;

  constructor({ limit, window }: LimitRule, capacity: number, isLeaky: boolean) {
    this.#interval = window / limit;
    this.#capacity = capacity;
    this.#isLeaky = isLeaky;
    this.isLeasable = !isLeaky;
  }

  get spacing(): number {
    return this.#isLeaky ? this.#interval : 0;
  }

  room(now: number): number {
    this.#drain(now);
    return Math.floor(this.#capacity - this.#level + ROUNDING);
  }

  spend(n: number, at: number): void {
    this.#drain(at);
    this.#level += n;
  }

  reset(now: number): number {
    const next = this.#capacity - this.room(now) - 1;
    return next < 0 ? 0 : Math.max(0, this.#level - next) * this.#interval;
  }

  delay(now: number): number {
    this.#drain(now);
    return this.#isLeaky ? this.#level * this.#interval : 0;
  }

  isIdle(now: number): boolean {
    this.#drain(now);
    return this.#level === 0;
  }

  adopt(): void {}

  secure(): null {
    return null;
  }

  close(): void {}

  #drain(now: number): void {
    if (now <= this.#at) return;
    this.#level = Math.max(0, this.#level - (now - this.#at) / this.#interval);
    this.#at = now;
  }
}
