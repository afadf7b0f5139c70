import { Counter, Gauge, type Registry } from 'prom-client';

/** What is known of a connection to Redis. */
export interface RedisFigures {
  readonly use: string;
  /** `null`: nobody has asked yet. */
  readonly isUp: boolean | null;
  readonly failures: number;
}

/** Read when the metrics are. A worker that cannot ask is seen among several that can. */
export function registerRedis(registry: Registry, connections: () => readonly RedisFigures[]): void {
  new Gauge({
    name: 'ostiary_redis_up',
    help: '1 when Redis answers, 0 when it does not; no series before it was needed.',
    labelNames: ['use'],
    aggregator: 'min',
    registers: [registry],
    collect() {
      this.reset();
      for (const { use, isUp } of connections()) if (isUp !== null) this.set({ use }, isUp ? 1 : 0);
    },
  });
  const seen = new Map<string, number>();
  new Counter({
    name: 'ostiary_redis_failures_total',
    help: 'Questions to Redis that got no answer.',
    labelNames: ['use'],
    registers: [registry],
    collect() {
      for (const { use, failures } of connections()) {
        this.inc({ use }, failures - (seen.get(use) ?? 0));
        seen.set(use, failures);
      }
    },
  });
}
