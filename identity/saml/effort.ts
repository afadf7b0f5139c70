import type { Clock } from '../../src/base/clock.ts';
import { FailureBudget } from '../../src/base/failure-budget.ts';
import { untrusted } from './fault.ts';

/** Milliseconds that false answers of one network may take within a minute, in each process. */
const MOST_IN_VAIN = 3000;

/** The work on one answer: counted as it is done, so that many at once get no more, and given back if it was good. */
export interface Effort {
  /** @throws SamlFault when too much was in vain */
  readonly spend: <T>(work: () => Promise<T>) => Promise<T>;
  readonly giveBack: () => void;
}

/** Anybody may post an answer, and XML signatures are dear to check, right or wrong. */
export class Efforts {
  readonly #clock: Clock;
  readonly #inVain: FailureBudget;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#inVain = new FailureBudget(clock);
  }

  /** @param network that the answer comes from */
  begin(network: string): Effort {
    let taken = 0;
    const note = (milliseconds: number) => {
      taken += milliseconds;
      this.#inVain.note(network, milliseconds);
    };
    return {
      spend: async (work) => {
        if (this.#inVain.isSpent(network, MOST_IN_VAIN))
          throw untrusted('too many answers from there have proved false; others are looked at in a minute');
        const begun = this.#clock.monotonic();
        try {
          return await work();
        } finally {
          note(this.#clock.monotonic() - begun);
        }
      },
      giveBack: () => note(-taken),
    };
  }
}
