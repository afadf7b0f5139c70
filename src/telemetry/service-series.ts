import type { Exchange } from '../gateway/exchange.ts';
import { BOUNDS, Durations } from './durations.ts';

/** A value with its labels, as prom-client has it in JSON. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** When it differs from that of the metric. */
  readonly metricName?: string;
}

/** A metric with all its series, as prom-client has it in JSON. */
export interface MetricFigures {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly Sample[];
}

/**
 * The series of each Service, counted by ourselves and spelled when they are read: prom-client looks at names and
 * labels with every observation, which cost a request more than its routing. Only names that `keepOnly` was last given
 * stay, so that Services that are gone leave nothing behind.
 */
export class ServiceSeries {
  readonly #byName = new Map<string, OneService>();

  of(name: string): OneService {
    let one = this.#byName.get(name);
    if (one === undefined) {
      one = new OneService(name);
      this.#byName.set(name, one);
    }
    return one;
  }

  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#byName.keys()) if (!names.has(name)) this.#byName.delete(name);
  }

  figures(): MetricFigures[] {
    const all = [...this.#byName.values()];
    return [
      {
        name: 'ostiary_requests_total',
        help: 'Requests by Service, class of status and reason of refusal ("-" when not refused).',
        type: 'counter',
        aggregator: 'sum',
        values: all.flatMap((one) => one.requestSamples()),
      },
      histogram(
        'ostiary_request_duration_seconds',
        'From accepting a request to the last byte of its answer.',
        all.map(({ name, durations }) => [name, durations]),
      ),
      histogram(
        'ostiary_upstream_duration_seconds',
        'From sending a request to its upstream to the head of the answer.',
        all.map(({ name, upstreamDurations }) => [name, upstreamDurations]),
      ),
    ];
  }
}

/** `-` when there was no answer. */
const CLASSES = ['-', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** What is counted of one Service. */
export class OneService {
  readonly name: string;
  readonly durations = new Durations();
  readonly upstreamDurations = new Durations();
  /** By reason, then by class of status. Reasons are a closed list, so this stays small. */
  readonly #requests = new Map<string, Float64Array>();

  constructor(name: string) {
    this.name = name;
  }

  settled(x: Exchange): void {
    const { accepted, settled, upstreamStarted, upstreamAnswered } = x.timings;
    this.count(x.response?.status ?? 0, x.refusal?.reason ?? '-');
    this.durations.observe((settled - accepted) / 1000);
    if (upstreamAnswered !== 0) this.upstreamDurations.observe((upstreamAnswered - upstreamStarted) / 1000);
  }

  count(status: number, reason: string): void {
    let byClass = this.#requests.get(reason);
    if (byClass === undefined) {
      byClass = new Float64Array(CLASSES.length);
      this.#requests.set(reason, byClass);
    }
    byClass[Math.min(CLASSES.length - 1, Math.floor(status / 100))]! += 1;
  }

  requestSamples(): Sample[] {
    return [...this.#requests]
      .flatMap(([reason, byClass]) =>
        CLASSES.map((status_class, i) => ({
          labels: { service: this.name, status_class, reason },
          value: byClass[i]!,
        })),
      )
      .filter(({ value }) => value > 0);
  }
}

function histogram(
  name: string,
  help: string,
  all: (readonly [service: string, durations: Durations])[],
): MetricFigures {
  const values = all.flatMap(([service, durations]) =>
    durations.count === 0 ? [] : samples(name, service, durations),
  );
  return { name, help, type: 'histogram', aggregator: 'sum', values };
}

function samples(name: string, service: string, durations: Durations): Sample[] {
  const { sum, count } = durations;
  const bucket = (le: string | number, value: number) => ({
    metricName: `${name}_bucket`,
    labels: { le, service },
    value,
  });
  return [
    ...durations.cumulated().map((value, i) => bucket(BOUNDS[i]!, value)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels: { service }, value: sum },
    { metricName: `${name}_count`, labels: { service }, value: count },
  ];
}
