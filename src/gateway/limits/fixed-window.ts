import type { LimitRule } from './limits.ts';
import type { Meter } from './meter.ts';

/** A window begins with its first request. Two of them may follow each other closely, with a limit's worth each. */
export class FixedWindow implements Meter {
  readonly isHeld = false;
  readonly isLeasable = true;
  readonly spacing = 0;
  readonly #limit: number;
  readonly #window: number;
  #start = Number.NEGATIVE_INFINITY;
  /** The end of the window before this one: what is told late belongs there. */
  #before = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor({ limit, window }: LimitRule) {
    this.#limit = limit;
    this.#window = window;
  }

  room(now: number): number {
    return this.isIdle(now) ? this.#limit : this.#limit - this.#count;
  }

  spend(n: number, at: number): void {
    if (n === 0 || at < this.#before) return;
    if (at >= this.#start + this.#window) {
      this.#before = this.#start + this.#window;
      this.#start = at;
      this.#count = 0;
    }
    this.#count += n;
  }

  reset(now: number): number {
    return this.isIdle(now) ? 0 : this.#start + this.#window - now;
  }

  delay(): number {
    return 0;
  }

  isIdle(now: number): boolean {
    return now >= this.#start + this.#window;
  }

  adopt(): void {}

  secure(): null {
    return null;
  }

  close(): void {}
}
