import { type PatternSource, patternOf } from './path-pattern.ts';
import type { RouteRow } from './routes.ts';

/** Where a Service answered before. */
export interface HeldRow extends Omit<RouteRow, 'service'> {
  readonly service: Pick<RouteRow['service'], 'name'>;
}

/** The same as plain data, for another process that compiles the same generation. */
export interface HeldAddress {
  readonly service: string;
  readonly host: string;
  readonly pattern: PatternSource;
  readonly methods: readonly string[] | null;
  readonly priority: number;
}

export function toHeldAddress({ service, host, pattern, methods, priority }: HeldRow): HeldAddress {
  return { service: service.name, host, pattern: pattern.source, methods: methods && [...methods], priority };
}

export function toHeldRow({ service, host, pattern, methods, priority }: HeldAddress): HeldRow {
  return {
    service: { name: service },
    host,
    pattern: patternOf(pattern),
    methods: methods && new Set(methods),
    priority,
  };
}
