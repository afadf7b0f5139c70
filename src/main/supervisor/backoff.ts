/** A worker that lived this long did not fail because of how it was started. */
const LONG_MS = 10_000;
const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** How long to wait before the next attempt: not at all at first, then twice as long each time it fails quickly. */
export class Backoff {
  #quickEnds = 0;

  /** @param livedMs how long what has just ended had lived */
  next(livedMs: number): number {
    this.#quickEnds = livedMs < LONG_MS ? this.#quickEnds + 1 : 1;
    return this.#quickEnds < 2 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#quickEnds - 2));
  }
}
