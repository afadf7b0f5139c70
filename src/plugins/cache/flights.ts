import type { Exchange } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';

/** How long requests wait for one that asks the upstream the same: its client may read slowly. */
const LONGEST_MS = 5_000;

/** Requests that are asked of the upstream now, and those that wait to see whether the answer is for them too. */
export class Flights {
  readonly #flying = new Map<string, Flight>();

  get(key: string): Flight | null {
    return this.#flying.get(key) ?? null;
  }

  start(key: string): Flight {
    const flight = new Flight(() => {
      if (this.#flying.get(key) === flight) this.#flying.delete(key);
    });
    this.#flying.set(key, flight);
    return flight;
  }
}

export class Flight {
  readonly #over: () => void;
  readonly #waiting = new Set<(gaveUp: Refusal | null) => void>();
  #timer: NodeJS.Timeout | null = null;

  constructor(over: () => void) {
    this.#over = over;
  }

  /** Gives `null` when it is time to look again, or why the request is over. */
  wait(x: Exchange): Promise<Refusal | null> {
    this.#timer ??= setTimeout(() => this.land(), LONGEST_MS).unref();
    return new Promise((resolve) => {
      const go = (gaveUp: Refusal | null): void => {
        this.#waiting.delete(go);
        x.cancelUpstream = null;
        resolve(gaveUp);
      };
      this.#waiting.add(go);
      x.cancelUpstream = (refusal = refuse('client-gone')) => go(refusal);
    });
  }

  /** Once the answer is kept, or is not going to be; further calls do nothing. */
  land(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#over();
    for (const go of this.#waiting) go(null);
  }
}
