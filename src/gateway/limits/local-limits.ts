import type { Awaitable } from '../../base/awaitable.ts';
import type { Counter } from './counters.ts';
import { Counters } from './counters.ts';
import type { LimitRule, Limits, Standing } from './limits.ts';
import type { MeterDeps } from './meter.ts';

const SWEEP_MS = 10_000;

/** Of a gateway in one process: nothing is asked of anybody. */
export class LocalLimits implements Limits {
  readonly #deps: MeterDeps;
  readonly #counters: Counters;
  readonly #timer: NodeJS.Timeout;

  constructor(deps: MeterDeps, mostKeys?: number) {
    this.#deps = deps;
    this.#counters = new Counters(deps, mostKeys);
    this.#timer = setInterval(() => this.#counters.sweep(deps.clock.monotonic()), SWEEP_MS).unref();
  }

  take(rule: LimitRule, key: string): Awaitable<Standing> {
    const now = this.#deps.clock.monotonic();
    const counter = this.#counters.find(rule, key, now);
    const { meter } = counter;
    const room = meter.room(now) - counter.held;
    if (room < 1) return { allowed: false, remaining: 0, resetMs: meter.reset(now), delayMs: 0, release: null };
    const delayMs = meter.delay(now);
    const release = meter.isHeld ? hold(counter) : null;
    meter.spend(1, now);
    const standing = { allowed: true, remaining: room - 1, resetMs: meter.reset(now), delayMs, release };
    const secured = meter.secure(0);
    return secured === null ? standing : secured.then(() => standing);
  }

  /** Gives back to quotas what was kept ahead. */
  close(): void {
    clearInterval(this.#timer);
    for (const { meter } of this.#counters.all()) meter.close();
  }
}

function hold(counter: Counter): () => void {
  counter.held++;
  return () => {
    counter.held--;
  };
}
