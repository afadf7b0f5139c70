import { Counter, type Registry } from 'prom-client';
import type { Decision, ShadowVerdict } from '../../policies/decision.ts';
import type { Figures } from './metrics.ts';

const NAME = 'ostiary_shadow_disagreements_total';

type Label = 'service' | 'policy' | 'would';

/** Requests that would have been decided otherwise if the shadow policies were enforced. */
export class ShadowSeries {
  readonly #counter: Counter<Label>;
  /** Of each Service, the policies that were counted. */
  readonly #seen = new Map<string, Set<string>>();

  constructor(registry: Registry) {
    this.#counter = new Counter({
      name: NAME,
      help: 'Requests that a shadow policy would have decided otherwise, by Service, policy and what it would say.',
      labelNames: ['service', 'policy', 'would'],
      registers: [registry],
    });
  }

  count(service: string, verdicts: readonly ShadowVerdict[]): void {
    const seen = this.#seen.get(service) ?? new Set();
    this.#seen.set(service, seen);
    for (const { policy, would } of verdicts) {
      seen.add(policy);
      this.#counter.inc({ service, policy, would });
    }
  }

  /** Services that are gone leave no series behind. */
  keepOnly(services: ReadonlySet<string>): void {
    for (const [service, policies] of this.#seen) {
      if (services.has(service)) continue;
      for (const policy of policies) this.#remove(service, policy);
      this.#seen.delete(service);
    }
  }

  #remove(service: string, policy: string): void {
    for (const would of ['allow', 'deny', 'undecided']) this.#counter.remove({ service, policy, would });
  }
}

/** How often a shadow policy would have decided otherwise. */
export interface ShadowCount {
  readonly service: string;
  readonly policy: string;
  readonly would: Decision['effect'];
  readonly count: number;
}

/** Of all processes together. */
export function shadowCounts(all: readonly Figures[]): ShadowCount[] {
  const counts = new Map<string, ShadowCount>();
  for (const { labels, value } of all.flat().flatMap(valuesOf)) {
    const { service, policy, would } = labels as Record<Label, string>;
    if (would !== 'allow' && would !== 'deny') continue;
    const key = JSON.stringify([service, policy, would]);
    const count = (counts.get(key)?.count ?? 0) + value;
    counts.set(key, { service, policy, would, count });
  }
  return [...counts.values()];
}

function valuesOf(figure: Figures[number]) {
  return figure.name === NAME ? (figure as unknown as { readonly values: readonly Sample[] }).values : [];
}

interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}
