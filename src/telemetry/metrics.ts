import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Exchange } from '../gateway/exchange.ts';
import type { Observer, UnparsedRequest } from '../gateway/kernel.ts';
import { createAccessRequestCounter } from './access-request-series.ts';
import { type BundleHealth, registerBundles } from './bundle-series.ts';
import { mergedText } from './merged-figures.ts';
import { type PluginEvent, PluginSeries } from './plugin-series.ts';
import { type RedisFigures, registerRedis } from './redis-series.ts';
import { ServiceSeries } from './service-series.ts';
import { ShadowSeries } from './shadow-series.ts';

export interface Metrics extends Observer {
  accepted: NonNullable<Observer['accepted']>;
  settled: Observer['settled'];
  unparsed: NonNullable<Observer['unparsed']>;
  /** Counts an attempt to bring a configuration into service. */
  reloaded(result: ReloadResult): void;
  /** A configuration is in service: its number, and the Services that may have series from now on. */
  serving(generation: number, services: Iterable<string>): void;
  /** How many mistakes the configuration in service has; told in the process that reads it. */
  configErrors(count: number): void;
  /** Counts a request for access that came to this state. */
  accessRequest(state: string): void;
  /** Counts what a plugin does beside the answer. */
  plugin(event: PluginEvent): void;
  /** Has series for bundles from now on; in the process that gets them. */
  watchBundles(bundles: () => readonly BundleHealth[]): void;
  /** Has series for connections to Redis from now on. */
  watchRedis(connections: () => readonly RedisFigures[]): void;
  /** The Prometheus text format; `contentType` goes with it. */
  render(): Promise<string>;
  readonly contentType: string;
  /** The same as plain data, to be merged with those of other processes. */
  figures(): Promise<Figures>;
}

/** The metrics of one process as plain data. */
export type Figures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

export type ReloadResult = 'applied' | 'rejected';

export interface MetricsOptions {
  /** `LogSink.dropped`, read when the metrics are. */
  readonly accessLogDropped: () => number;
}

/** The label of exchanges without a Service. Host and path never become labels: callers could invent any number. */
export const NO_SERVICE = '-';

/** The metrics of one process, in a registry of their own. */
export function createMetrics({ accessLogDropped }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const series = new ServiceSeries();
  // prom-client declares the type of a metric as a number, and writes it as a word.
  const ofServices = () => series.figures() as unknown as Figures;
  const shadow = new ShadowSeries(registry);
  const plugins = new PluginSeries(registry);
  let inFlight = 0;
  registerActive(registry, () => inFlight);
  const generation = new Gauge({
    name: 'ostiary_generation',
    help: 'Number of the configuration in service.',
    aggregator: 'min',
    registers: [registry],
  });
  const reloads = createReloadCounter(registry);
  const accessRequests = createAccessRequestCounter(registry);
  const errors = createErrorGauge(registry);
  registerDropped(registry, accessLogDropped);
  return {
    accepted() {
      inFlight++;
    },
    settled(x: Exchange) {
      inFlight--;
      series.of(x.service?.name ?? NO_SERVICE).settled(x);
      if (x.decision?.shadow !== undefined) shadow.count(x.service!.name, x.decision.shadow);
    },
    unparsed: (request: UnparsedRequest) => series.of(NO_SERVICE).count(request.status, request.reason),
    plugin: (event) => plugins.count(event),
    accessRequest: (state) => accessRequests.inc({ state }),
    reloaded: (result) => reloads.inc({ result }),
    configErrors: (count) => errors.set(count),
    serving(number, services) {
      generation.set(number);
      const present = new Set([...services, NO_SERVICE]);
      series.keepOnly(present);
      shadow.keepOnly(present);
      plugins.keepOnly(present);
    },
    render: async () => (await registry.metrics()) + (await mergedText([ofServices()])),
    contentType: registry.contentType,
    figures: async () => [...(await registry.getMetricsAsJSON()), ...ofServices()],
    watchBundles: (bundles) => registerBundles(registry, bundles),
    watchRedis: (connections) => registerRedis(registry, connections),
  };
}

/** Both results exist from the start, so that a rate can be taken of the first. */
function createReloadCounter(registry: Registry): Counter<'result'> {
  const counter = new Counter({
    name: 'ostiary_config_reloads_total',
    help: 'Attempts to bring a configuration into service, by result.',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of ['applied', 'rejected'] satisfies ReloadResult[]) counter.inc({ result }, 0);
  return counter;
}

/** Workers are handed what was judged already: theirs stays 0. */
function createErrorGauge(registry: Registry): Gauge {
  return new Gauge({
    name: 'ostiary_config_errors',
    help: 'Errors in the configuration in service; what they concern refuses its requests.',
    aggregator: 'max',
    registers: [registry],
  });
}

/** Read when the metrics are, because setting a gauge for each request would cost more than counting. */
function registerActive(registry: Registry, active: () => number): void {
  new Gauge({
    name: 'ostiary_active_requests',
    help: 'Requests that are being served.',
    registers: [registry],
    collect() {
      this.set(active());
    },
  });
}

function registerDropped(registry: Registry, dropped: () => number): void {
  let seen = 0;
  new Counter({
    name: 'ostiary_access_log_dropped_total',
    help: 'Access-log lines that were lost, because they could not be written fast enough or at all.',
    registers: [registry],
    collect() {
      const now = dropped();
      this.inc(now - seen);
      seen = now;
    },
  });
}
