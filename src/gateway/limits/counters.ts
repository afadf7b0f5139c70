import { createMeter } from './create-meter.ts';
import type { LimitRule } from './limits.ts';
import type { Meter, MeterDeps } from './meter.ts';

/** What is known of one key of one rule. */
export interface Counter {
  readonly meter: Meter;
  /** Counts for all keys that found no place of their own. */
  readonly isShared: boolean;
  /** Handed out, and not known to be used. */
  held: number;
  /** Who holds how much of it. */
  readonly leases: Map<object, number>;
  /** Monotonic milliseconds. */
  askedAt: number;
  /** Questions that wait for each other. */
  deciding: Promise<unknown> | null;
}

/** Keys of one rule. Beyond them, those that are new count together: nobody is forgotten, and memory is bounded. */
const MOST_KEYS = 100_000;
/** Of the oldest keys, looked at for each new one when there is no place. */
const LOOKED_AT = 8;

/** The counters of all rules. */
export class Counters {
  readonly #deps: MeterDeps;
  readonly #mostKeys: number;
  readonly #tables = new Map<string, Map<string, Counter>>();
  readonly #shared = new Map<string, Counter>();

  constructor(deps: MeterDeps, mostKeys: number = MOST_KEYS) {
    this.#deps = deps;
    this.#mostKeys = mostKeys;
  }

  find(rule: LimitRule, key: string, now: number): Counter {
    const table = this.#tableOf(rule);
    const known = table.get(key);
    if (known === undefined) return this.#create(rule, key, table, now);
    known.meter.adopt(rule);
    return known;
  }

  /** `null`: nothing is counted there. */
  known(id: string, key: string, isShared: boolean): Counter | null {
    return (isShared ? this.#shared.get(id) : this.#tables.get(id)?.get(key)) ?? null;
  }

  *all(): Generator<Counter> {
    for (const table of this.#tables.values()) yield* table.values();
    yield* this.#shared.values();
  }

  /** Forgets what says nothing any more. */
  sweep(now: number): void {
    for (const [id, table] of this.#tables) {
      for (const [key, counter] of table) if (isForgettable(counter, now)) table.delete(key);
      const shared = this.#shared.get(id);
      if (shared !== undefined && isForgettable(shared, now)) this.#shared.delete(id);
      if (table.size === 0 && !this.#shared.has(id)) this.#tables.delete(id);
    }
  }

  #tableOf({ id }: LimitRule): Map<string, Counter> {
    const known = this.#tables.get(id);
    if (known !== undefined) return known;
    const table = new Map<string, Counter>();
    this.#tables.set(id, table);
    return table;
  }

  #create(rule: LimitRule, key: string, table: Map<string, Counter>, now: number): Counter {
    if (table.size >= this.#mostKeys && !makePlace(table, now)) return this.#sharedOf(rule);
    const counter = createCounter(createMeter(rule, key, this.#deps), false);
    table.set(key, counter);
    return counter;
  }

  #sharedOf(rule: LimitRule): Counter {
    const known = this.#shared.get(rule.id);
    if (known !== undefined) {
      known.meter.adopt(rule);
      return known;
    }
    const counter = createCounter(createMeter(rule, NO_PLACE, this.#deps), true);
    this.#shared.set(rule.id, counter);
    return counter;
  }
}

/** No key has this text: it is shorter than all of them. */
const NO_PLACE = '';

function makePlace(table: Map<string, Counter>, now: number): boolean {
  let looked = 0;
  for (const [key, counter] of table) {
    if (isForgettable(counter, now)) return table.delete(key);
    if (++looked === LOOKED_AT) return false;
  }
  return false;
}

function isForgettable({ held, deciding, meter }: Counter, now: number): boolean {
  return held === 0 && deciding === null && meter.isIdle(now);
}

function createCounter(meter: Meter, isShared: boolean): Counter {
  return { meter, isShared, held: 0, leases: new Map(), askedAt: Number.NEGATIVE_INFINITY, deciding: null };
}
