const WINDOW = 10_000;
const MOST = 200;

/**
 * Counts what only a broken or hostile client does often on one connection: resets of streams, its own and those that
 * it provoked (CVE-2023-44487, CVE-2025-8671), and changes of settings.
 */
export class Misconduct {
  /** When the last `MOST` events happened; made with the first one, because most connections have none. */
  #times: Float64Array | null = null;
  #oldest = 0;

  /**
   * @param now monotonic milliseconds
   * @returns whether there were too many of late, so that the connection has to end
   */
  add(now: number): boolean {
    this.#times ??= new Float64Array(MOST).fill(Number.NEGATIVE_INFINITY);
    const isTooMuch = now - (this.#times[this.#oldest] as number) < WINDOW;
    this.#times[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % MOST;
    return isTooMuch;
  }
}
