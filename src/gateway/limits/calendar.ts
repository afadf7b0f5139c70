import type { Clock } from '../../base/clock.ts';
import type { LimitRule } from './limits.ts';
import type { Ledger, Meter, MeterDeps } from './meter.ts';

/** Most requests that a crash may take from a quota: so many are kept as used before they are. */
const BLOCK_SHARE = 100;
const MOST_IN_BLOCK = 1_000;

/**
 * Days and months of UTC. What is let through has been kept as used before, in blocks, so a crash never gives anything
 * back. The period never goes back: a clock that is set back goes on counting where it was.
 */
export class Calendar implements Meter {
  readonly isHeld = false;
  readonly isLeasable = true;
  readonly spacing = 0;
  readonly #id: string;
  readonly #key: string;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #periods: Periods;
  #limit: number;
  #period: number;
  #used: number;
  /** Kept as used. */
  #kept: number;
  /** On its way to be kept. */
  #keeping: number;
  #writing: Promise<void> = Promise.resolve();

  constructor({ id, algorithm, limit }: LimitRule, key: string, { clock, ledger }: MeterDeps) {
    this.#id = id;
    this.#key = key;
    this.#clock = clock;
    this.#ledger = ledger;
    this.#limit = limit;
    this.#periods = PERIODS[algorithm === 'month' ? 'month' : 'day'];
    const before = ledger.read(id, key);
    this.#period = before?.period ?? Number.NEGATIVE_INFINITY;
    this.#used = this.#kept = this.#keeping = before?.count ?? 0;
  }

  room(): number {
    this.#turn();
    return this.#limit - this.#used;
  }

  spend(n: number): void {
    this.#turn();
    this.#used += n;
  }

  reset(): number {
    this.#turn();
    return Math.max(0, this.#periods.startOf(this.#period + 1) - this.#clock.now());
  }

  delay(): number {
    return 0;
  }

  /** What is kept is read at the start alone, so it is not forgotten before its period is over. */
  isIdle(): boolean {
    this.#turn();
    return this.#used === 0;
  }

  adopt({ limit }: LimitRule): void {
    this.#limit = limit;
  }

  secure(held: number): Promise<void> | null {
    const needed = this.#used + held;
    if (needed <= this.#kept) return null;
    if (needed <= this.#keeping) return this.#writing;
    const block = Math.min(MOST_IN_BLOCK, Math.floor(this.#limit / BLOCK_SHARE));
    return this.#keep(Math.max(needed, Math.min(this.#limit, needed + block)));
  }

  close(): void {
    this.#turn();
    if (this.#used !== this.#keeping) this.#keep(this.#used).catch(() => {});
  }

  #keep(count: number): Promise<void> {
    const period = this.#period;
    this.#keeping = count;
    this.#writing = this.#ledger
      .keep(this.#id, this.#key, { period, count, endsAt: this.#periods.startOf(period + 1) })
      .then(
        () => {
          if (period === this.#period) this.#kept = Math.max(this.#kept, count);
        },
        (thrown: unknown) => {
          if (period === this.#period) this.#keeping = this.#kept;
          throw thrown;
        },
      );
    return this.#writing;
  }

  #turn(): void {
    const period = this.#periods.at(this.#clock.now());
    if (period <= this.#period) return;
    this.#period = period;
    this.#used = this.#kept = this.#keeping = 0;
  }
}

export interface Periods {
  /** The number of the period that a time (milliseconds since 1970) is in. */
  at(time: number): number;
  startOf(period: number): number;
}

const DAY_MS = 86_400_000;

const DAYS: Periods = {
  at: (time) => Math.floor(time / DAY_MS),
  startOf: (period) => period * DAY_MS,
};

const MONTHS: Periods = {
  at: (time) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth(),
  startOf: (period) => Date.UTC(Math.floor(period / 12), period % 12, 1),
};

export const PERIODS = { day: DAYS, month: MONTHS } as const;
