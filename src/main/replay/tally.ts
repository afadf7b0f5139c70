import type { Undecidable } from '../../admin/decision-api.ts';

/** Paths that conditions compute can be any number. */
const MOST = 1000;
const OTHERS = 'for other reasons';

/** How often each of a number of reasons was given. */
export class Tally {
  readonly #counts = new Map<string, number>();

  count(why: string, times = 1): void {
    const key = this.#counts.has(why) || this.#counts.size < MOST ? why : OTHERS;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  /** The most frequent first. */
  report(): Undecidable[] {
    return [...this.#counts].map(([why, count]) => ({ why, count })).sort((a, b) => b.count - a.count);
  }
}
