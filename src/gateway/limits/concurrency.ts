import type { LimitRule } from './limits.ts';
import type { Meter } from './meter.ts';

/** As many at a time: whoever counts knows how many are held. */
export class Concurrency implements Meter {
  readonly isHeld = true;
  readonly isLeasable = true;
  readonly spacing = 0;
  readonly #limit: number;

  constructor({ limit }: LimitRule) {
    this.#limit = limit;
  }

  room(): number {
    return this.#limit;
  }

  spend(): void {}

  reset(): number {
    return 0;
  }

  delay(): number {
    return 0;
  }

  isIdle(): boolean {
    return true;
  }

  adopt(): void {}

  secure(): null {
    return null;
  }

  close(): void {}
}
