import type { Exchange } from '../../gateway/exchange.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Policy } from './balancer.ts';
import { byWeight } from './random.ts';

/**
 * Of two endpoints that are chosen at random by weight, the one with fewer requests under way for its weight. Two are
 * as good as all of them, and gateways that know nothing of each other do not all run to the same one.
 */
export class LeastRequest implements Policy {
  pick(_x: Exchange, among: readonly Endpoint[], now: number): Endpoint {
    const first = byWeight(among, now);
    const second = byWeight(among, now);
    return load(second, now) < load(first, now) ? second : first;
  }
}

function load(endpoint: Endpoint, now: number): number {
  return endpoint.active / endpoint.weightAt(now);
}
