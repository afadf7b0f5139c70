import type { RegoValue } from '../value.ts';
import { RegoSet } from '../value.ts';

/** What the functions of one evaluation may take together: about 20 ms. */
const MOST = 400_000;

/** Ends a function whose evaluation has taken all it may. */
export class OverWork extends Error {
  constructor() {
    super('the functions of the policy take more than one evaluation may');
  }
}

/**
 * What the functions of one evaluation have taken, counted before it is taken, so that a request whose values are
 * chosen for it cannot keep the process. One step is about 50 ns, or reading or making two characters.
 */
export class Work {
  #left = MOST;

  /** @throws OverWork when less is left */
  charge(steps: number): void {
    this.#left -= steps;
    if (!(this.#left >= 0)) throw new OverWork();
  }

  /** What was charged and not taken. */
  giveBack(steps: number): void {
    this.#left += steps;
  }

  /** What reading or making so many UTF-16 units takes. @throws OverWork */
  chargeText(length: number): void {
    this.charge(1 + length / 2);
  }

  /** What looking for a part takes that is nearly found again and again. @throws OverWork */
  chargeSearch(length: number, partLength: number): void {
    this.charge(1 + (length / 16) * (1 + partLength / 16));
  }

  /** What copying or writing a value takes, all that is in it counted. @throws OverWork */
  chargeValue(value: RegoValue): void {
    if (typeof value === 'string') this.chargeText(value.length);
    else this.charge(4);
    if (value instanceof Map) {
      for (const [key, inner] of value) {
        this.chargeValue(key);
        this.chargeValue(inner);
      }
    } else if (value instanceof RegoSet || Array.isArray(value)) {
      for (const item of value instanceof RegoSet ? value.items : value) this.chargeValue(item);
    }
  }
}
