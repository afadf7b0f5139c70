/** Bounds how much waits for each of those who are asked: one that hangs must not hold on to everything. */
export class CallsUnderWay {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  /** @param most for each, at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** Gives `busy` at once when too many wait for `whom` already. */
  async run<T, B>(whom: string, work: () => Promise<T>, busy: B): Promise<T | B> {
    const count = this.#counts.get(whom) ?? 0;
    if (count >= this.#most) return busy;
    this.#counts.set(whom, count + 1);
    try {
      return await work();
    } finally {
      const left = this.#counts.get(whom)! - 1;
      if (left === 0) this.#counts.delete(whom);
      else this.#counts.set(whom, left);
    }
  }
}
