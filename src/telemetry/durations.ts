/** Upper bounds of the buckets, in seconds. */
export const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** One histogram: to observe is to add two numbers. */
export class Durations {
  /** By the first bound that is not below the duration; those above all bounds come last. */
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #sum = 0;
  #count = 0;

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#count;
  }

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number)) bucket++;
    this.#counts[bucket]! += 1;
    this.#sum += seconds;
    this.#count++;
  }

  /** How many were at most as long as each of `BOUNDS`. */
  cumulated(): number[] {
    let sum = 0;
    return BOUNDS.map((_, bucket) => {
      sum += this.#counts[bucket] as number;
      return sum;
    });
  }
}
