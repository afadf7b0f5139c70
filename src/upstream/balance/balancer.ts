import type { Exchange } from '../../gateway/exchange.ts';
import type { Endpoint } from '../endpoint.ts';
import type { BalanceSpec } from '../spec.ts';
import { HashPolicy } from './hash.ts';
import { LeastRequest } from './least-request.ts';
import { Random } from './random.ts';
import { RoundRobin } from './round-robin.ts';

/** Chooses one of several endpoints. */
export interface Policy {
  /** `among` is not empty, and is the list of all endpoints itself when none of them is left out. */
  pick(x: Exchange, among: readonly Endpoint[], now: number): Endpoint;
}

export const NONE: readonly Endpoint[] = [];

/** Says which endpoint gets a request. */
export class Balancer {
  readonly #all: readonly Endpoint[];
  readonly #policy: Policy | null;

  /** @param endpoints those that are to get requests at all */
  constructor(endpoints: readonly Endpoint[], balance: BalanceSpec | undefined) {
    this.#all = endpoints.filter(({ weight }) => weight > 0);
    this.#policy = balance === undefined || this.#all.length === 1 ? null : policyOf(balance, this.#all);
  }

  /**
   * `null`: health checks say that all are down.
   * @param avoid those that were tried for this request already; they are taken only when there is no other
   */
  pick(x: Exchange, now: number, avoid: readonly Endpoint[]): Endpoint | null {
    if (this.#policy === null) return this.#all[0]!.condition.isDown ? null : this.#all[0]!;
    const among = this.#usable(now, avoid);
    return among.length === 0 ? null : this.#policy.pick(x, among, now);
  }

  #usable(now: number, avoid: readonly Endpoint[]): readonly Endpoint[] {
    if (avoid.length === 0 && this.#all.every(({ condition }) => !condition.isDown && !condition.isEjected(now))) {
      return this.#all;
    }
    const up = this.#all.filter(({ condition }) => !condition.isDown);
    // Ejection is a guess; with nothing else left it counts for nothing.
    const trusted = orElse(up, ({ condition }) => !condition.isEjected(now));
    return orElse(trusted, (endpoint) => !avoid.includes(endpoint));
  }
}

/** Those that `fit`, or all when none does. */
function orElse(endpoints: readonly Endpoint[], fit: (endpoint: Endpoint) => boolean): readonly Endpoint[] {
  const fitting = endpoints.filter(fit);
  return fitting.length === 0 ? endpoints : fitting;
}

function policyOf(balance: BalanceSpec, endpoints: readonly Endpoint[]): Policy {
  switch (balance.policy) {
    case 'round-robin':
      return new RoundRobin();
    case 'least-request':
      return new LeastRequest();
    case 'random':
      return new Random();
    case 'hash':
      return new HashPolicy(balance.hash ?? { kind: 'client-address' }, endpoints);
  }
}
