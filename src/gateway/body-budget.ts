import type { Exchange } from './exchange.ts';

/** What buffering Services may hold and wait for, over all requests of the process together. */
export interface BodyLimits {
  readonly budget: BodyBudget;
  /** Milliseconds in which a body that is buffered must have arrived. */
  readonly receiveTime: number;
}

/** The bytes of request bodies in memory: each exchange takes as its body arrives, and gives all back when it ends. */
export class BodyBudget {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#held;
  }

  /** `false`: there is no room for `bytes` more. */
  take(x: Exchange, bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    x.budgeted += bytes;
    return true;
  }

  giveBack(x: Exchange): void {
    this.#held -= x.budgeted;
    x.budgeted = 0;
  }
}

export function defaultBodyLimits(): BodyLimits {
  return { budget: new BodyBudget(256 * 1024 * 1024), receiveTime: 60_000 };
}
