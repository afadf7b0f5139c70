import type { Exchange } from '../../gateway/exchange.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Policy } from './balancer.ts';

export class Random implements Policy {
  pick(_x: Exchange, among: readonly Endpoint[], now: number): Endpoint {
    return byWeight(among, now);
  }
}

/** One at random, in proportion to the weights. */
export function byWeight(among: readonly Endpoint[], now: number): Endpoint {
  let total = 0;
  for (const endpoint of among) total += endpoint.weightAt(now);
  let left = Math.random() * total;
  for (const endpoint of among) {
    left -= endpoint.weightAt(now);
    if (left < 0) return endpoint;
  }
  return among[among.length - 1]!;
}
