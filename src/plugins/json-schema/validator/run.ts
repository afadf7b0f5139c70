/** Whether a value is as a part of a schema says; it leaves the reason in `run`. */
export type Check = (value: unknown, run: Run) => boolean;

/** What one validation may take, in values that are looked at: some hundred milliseconds at worst. */
const MOST_STEPS = 2_000_000;
/** References inside one another. */
const MOST_REFERENCES = 500;

/** Thrown: whatever would be said of the value afterwards, `not` would turn round. */
export class OutOfSteps extends Error {
  override readonly name = 'OutOfSteps';
}

/** One validation. A schema can make a small value cost time without end, so its steps are counted. */
export class Run {
  #left = MOST_STEPS;
  #references = 0;
  /** The keyword that refused last. */
  keyword = '';
  /** Where that was, the innermost first. */
  readonly #path: string[] = [];

  /** @throws OutOfSteps */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new OutOfSteps();
  }

  /** @throws OutOfSteps */
  enter(): void {
    this.#references += 1;
    if (this.#references > MOST_REFERENCES) throw new OutOfSteps();
  }

  leave(): void {
    this.#references -= 1;
  }

  /** A value is refused here. */
  refused(keyword: string): false {
    this.keyword = keyword;
    this.#path.length = 0;
    return false;
  }

  /** What was refused lies under this key. Keys that the schema does not name are `*`: a stranger chose them. */
  under(key: string): false {
    this.#path.push(key);
    return false;
  }

  /** As a JSON pointer; empty for the whole. */
  get place(): string {
    return this.#path
      .map((key) => `/${key}`)
      .toReversed()
      .join('');
  }
}
