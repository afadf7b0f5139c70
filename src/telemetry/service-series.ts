import type { Counter, Histogram } from 'prom-client';
import type { Exchange } from '../gateway/exchange.ts';

export interface ServiceMetrics {
  readonly requests: Counter<'service' | 'status_class' | 'reason'>;
  readonly durations: Histogram<'service'>;
  readonly upstreamDurations: Histogram<'service'>;
}

/**
 * The series of each Service, with their labels resolved once: a request then costs three look-ups and no label
 * check. Only names that `keepOnly` was last given stay, so that Services that are gone leave nothing behind.
 */
export class ServiceSeries {
  readonly #metrics: ServiceMetrics;
  readonly #byName = new Map<string, OneService>();

  constructor(metrics: ServiceMetrics) {
    this.#metrics = metrics;
  }

  of(name: string): OneService {
    let one = this.#byName.get(name);
    if (one === undefined) {
      one = new OneService(name, this.#metrics);
      this.#byName.set(name, one);
    }
    return one;
  }

  keepOnly(names: ReadonlySet<string>): void {
    for (const [name, one] of this.#byName) {
      if (names.has(name)) continue;
      one.remove();
      this.#byName.delete(name);
    }
  }
}

/** What may be done with the series of one Service. */
export class OneService {
  readonly #name: string;
  readonly #metrics: ServiceMetrics;
  readonly #durations: Histogram.Internal<'service'>;
  readonly #upstreamDurations: Histogram.Internal<'service'>;
  /** By class of status and reason, as `2xx -`: both are closed, so this stays small. */
  readonly #requests = new Map<string, Counter.Internal>();

  constructor(name: string, metrics: ServiceMetrics) {
    this.#name = name;
    this.#metrics = metrics;
    this.#durations = metrics.durations.labels(name);
    this.#upstreamDurations = metrics.upstreamDurations.labels(name);
  }

  settled(x: Exchange): void {
    const { accepted, settled, upstreamStarted, upstreamAnswered } = x.timings;
    this.count(x.response?.status ?? 0, x.refusal?.reason ?? '-');
    this.#durations.observe((settled - accepted) / 1000);
    if (upstreamAnswered !== 0) this.#upstreamDurations.observe((upstreamAnswered - upstreamStarted) / 1000);
  }

  count(status: number, reason: string): void {
    const key = `${statusClass(status)} ${reason}`;
    let counter = this.#requests.get(key);
    if (counter === undefined) {
      counter = this.#metrics.requests.labels(this.#name, ...key.split(' '));
      this.#requests.set(key, counter);
    }
    counter.inc();
  }

  remove(): void {
    const { requests, durations, upstreamDurations } = this.#metrics;
    durations.remove(this.#name);
    upstreamDurations.remove(this.#name);
    for (const key of this.#requests.keys()) requests.remove(this.#name, ...key.split(' '));
  }
}

const CLASSES = ['-', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** `-` when there was no answer. */
function statusClass(status: number): string {
  return CLASSES[Math.floor(status / 100)] ?? '-';
}
