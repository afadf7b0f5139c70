import { type Counter, Counters } from './counters.ts';
import type { LimitRule } from './limits.ts';
import type { Grant, Holder, Question, Report } from './messages.ts';
import type { MeterDeps } from './meter.ts';

/** Whoever asks again so soon is handed more than it asks for. */
const HOT_MS = 1_000;
const MOST_AHEAD = 256;
/** Each worker is handed at most this part of its share of what is left, so leases shrink as the limit nears. */
const PART_OF_SHARE = 4;
/** A worker that does not answer keeps what it holds, which counts as used. */
const RECALL_MS = 500;
const SWEEP_MS = 10_000;

/**
 * Counts for several workers. What is handed out ahead counts as used until it is given back, and it is called back
 * before anybody is refused: so neither too many nor too few are allowed.
 */
export class LimitOwner {
  readonly #deps: MeterDeps;
  readonly #counters: Counters;
  readonly #share: number;
  readonly #gone = new WeakSet<Holder>();
  readonly #timer: NodeJS.Timeout;

  constructor(deps: MeterDeps, workers: number, mostKeys?: number) {
    this.#deps = deps;
    this.#counters = new Counters(deps, mostKeys);
    this.#share = PART_OF_SHARE * workers;
    this.#timer = setInterval(() => this.#counters.sweep(this.#now()), SWEEP_MS).unref();
  }

  /** @throws when what has to be kept cannot be kept. */
  async ask(holder: Holder, { rule, key, count, report }: Question): Promise<Grant> {
    this.#apply(holder, report);
    const counter = this.#counters.find(rule, key, this.#now());
    const decided = this.#decideAfter(counter.deciding, holder, counter, rule, key, count);
    const settled = decided.then(noValue, noValue);
    counter.deciding = settled;
    try {
      return await decided;
    } finally {
      if (counter.deciding === settled) counter.deciding = null;
    }
  }

  giveBack(holder: Holder, reports: readonly Report[]): void {
    for (const report of reports) this.#apply(holder, report);
  }

  /** What it held may have been used up to now; what lasts only as long as its requests is over. */
  gone(holder: Holder): void {
    this.#gone.add(holder);
    const now = this.#now();
    for (const counter of this.#counters.all()) {
      const held = counter.leases.get(holder) ?? 0;
      take(counter, holder, held);
      if (held > 0) counter.meter.spend(held, now);
    }
  }

  /** Gives back to quotas what was kept ahead. */
  close(): void {
    clearInterval(this.#timer);
    for (const { meter, held } of this.#counters.all()) {
      if (held > 0) meter.spend(held, this.#now());
      meter.close();
    }
  }

  async #decideAfter(
    before: Promise<unknown> | null,
    holder: Holder,
    counter: Counter,
    rule: LimitRule,
    key: string,
    count: number,
  ): Promise<Grant> {
    await before;
    const { meter } = counter;
    if (this.#free(counter) < count) await this.#recall(counter, holder, rule.id, key);
    const grant = this.#grant(counter, holder, count);
    await meter.secure(counter.held);
    return grant;
  }

  #grant(counter: Counter, holder: Holder, count: number): Grant {
    const { meter, isShared } = counter;
    const now = this.#now();
    const free = Math.max(0, this.#free(counter));
    const granted = this.#gone.has(holder) ? 0 : Math.min(count, free);
    const isHot = now - counter.askedAt < HOT_MS;
    const ahead = isHot && granted === count && meter.isLeasable && !isShared;
    const extra = ahead ? Math.min(MOST_AHEAD, Math.floor((free - granted) / this.#share)) : 0;
    const delayMs = meter.delay(now);
    counter.askedAt = now;
    meter.spend(granted, now);
    lend(counter, holder, meter.isHeld ? granted + extra : extra);
    return {
      granted,
      extra,
      isShared,
      remaining: free - granted,
      resetMs: meter.reset(now),
      delayMs,
      spacingMs: meter.spacing,
    };
  }

  async #recall(counter: Counter, except: Holder, id: string, key: string): Promise<void> {
    if (counter.isShared) return;
    const holders = ([...counter.leases.keys()] as Holder[]).filter((holder) => holder !== except);
    await Promise.all(holders.map((holder) => within(RECALL_MS, this.#callBack(holder, id, key))));
  }

  async #callBack(holder: Holder, id: string, key: string): Promise<void> {
    try {
      this.#apply(holder, await holder.recall({ id, key }));
    } catch {
      // It has ended, which `gone` is told.
    }
  }

  #apply(holder: Holder, { id, key, isShared, used, unused, ageMs }: Report): void {
    const counter = used + unused === 0 ? null : this.#counters.known(id, key, isShared);
    if (counter === null) return;
    take(counter, holder, used + unused);
    counter.meter.spend(used, this.#now() - ageMs);
    // Only what was handed out before midnight and used after it is not kept yet; its requests are through.
    counter.meter.secure(counter.held)?.catch(() => {});
  }

  #free({ meter, held }: Counter): number {
    return meter.room(this.#now()) - held;
  }

  #now(): number {
    return this.#deps.clock.monotonic();
  }
}

function lend(counter: Counter, holder: Holder, n: number): void {
  if (n === 0) return;
  counter.held += n;
  counter.leases.set(holder, (counter.leases.get(holder) ?? 0) + n);
}

/** No more than it has. */
function take(counter: Counter, holder: Holder, n: number): void {
  const has = counter.leases.get(holder) ?? 0;
  const taken = Math.min(n, has);
  counter.held -= taken;
  if (taken === has) counter.leases.delete(holder);
  else counter.leases.set(holder, has - taken);
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

function noValue(): void {}
