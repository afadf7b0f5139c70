import { AggregatorRegistry } from 'prom-client';
import type { Figures } from './metrics.ts';

/** The figures of several processes as those of one, in the Prometheus text format. */
export function mergedText(all: readonly Figures[]): Promise<string> {
  return AggregatorRegistry.aggregate([...all]).metrics();
}

/**
 * What goes on counting of processes that have ended. A sum that lost their part would look like a restart to whoever
 * takes rates of it.
 */
export function departedFigures(before: Figures, ended: Figures): Figures {
  const growing = ended.filter(({ type }) => isGrowing(String(type)));
  return AggregatorRegistry.aggregate([before, growing]).getMetricsAsArray() as unknown as Figures;
}

function isGrowing(type: string): boolean {
  return type === 'counter' || type === 'histogram';
}
