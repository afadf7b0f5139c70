import type { LimitRule } from './limits.ts';
import type { Meter } from './meter.ts';

/** Parts of a window that are forgotten as a whole. */
export const PARTS = 16;

/**
 * No more than the limit in any window, wherever it begins. A request counts until all of its part of a window is
 * over, so for up to a sixteenth longer than the window.
 */
export class SlidingWindow implements Meter {
  readonly isHeld = false;
  readonly isLeasable = true;
  readonly spacing = 0;
  readonly #limit: number;
  readonly #width: number;
  readonly #counts: number[] = new Array<number>(PARTS + 1).fill(0);
  /** The latest part that was looked at. */
  #part = 0;
  #count = 0;

  constructor({ limit, window }: LimitRule) {
    this.#limit = limit;
    this.#width = window / PARTS;
  }

  room(now: number): number {
    this.#advance(now);
    return this.#limit - this.#count;
  }

  spend(n: number, at: number): void {
    this.#advance(at);
    const part = Math.floor(at / this.#width);
    if (part < this.#part - PARTS) return;
    const i = indexOf(part);
    this.#counts[i] = this.#counts[i]! + n;
    this.#count += n;
  }

  reset(now: number): number {
    this.#advance(now);
    if (this.#count === 0) return 0;
    let part = this.#part - PARTS;
    while (this.#counts[indexOf(part)] === 0) part++;
    return (part + PARTS + 1) * this.#width - now;
  }

  delay(): number {
    return 0;
  }

  isIdle(now: number): boolean {
    this.#advance(now);
    return this.#count === 0;
  }

  adopt(): void {}

  secure(): null {
    return null;
  }

  close(): void {}

  #advance(now: number): void {
    const part = Math.floor(now / this.#width);
    if (part <= this.#part) return;
    const over = Math.min(part - this.#part, PARTS + 1);
    for (let k = 1; k <= over; k++) {
      const i = indexOf(this.#part + k);
      this.#count -= this.#counts[i]!;
      this.#counts[i] = 0;
    }
    this.#part = part;
  }
}

function indexOf(part: number): number {
  const i = part % (PARTS + 1);
  return i < 0 ? i + PARTS + 1 : i;
}
