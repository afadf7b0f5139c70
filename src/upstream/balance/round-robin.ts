import type { Exchange } from '../../gateway/exchange.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Policy } from './balancer.ts';

/** Weighted round robin, spread evenly: 5:1:1 gives a a b a c a a and not a a a a a b c. */
export class RoundRobin implements Policy {
  readonly #credit = new Map<Endpoint, number>();

  pick(_x: Exchange, among: readonly Endpoint[], now: number): Endpoint {
    let total = 0;
    let best = among[0]!;
    let most = Number.NEGATIVE_INFINITY;
    for (const endpoint of among) {
      const weight = endpoint.weightAt(now);
      const credit = (this.#credit.get(endpoint) ?? 0) + weight;
      this.#credit.set(endpoint, credit);
      total += weight;
      if (credit <= most) continue;
      best = endpoint;
      most = credit;
    }
    this.#credit.set(best, most - total);
    return best;
  }
}
