import type { OwnedUpstream } from './upstream-registry.ts';

interface Held {
  readonly upstream: OwnedUpstream;
  uses: number;
}

export interface PoolDeps<Spec> {
  readonly create: (spec: Spec) => OwnedUpstream;
  /** Closes what is not used any more, once requests that have chosen it are through. */
  readonly retire: (upstreams: readonly OwnedUpstream[]) => void;
}

/** Upstreams of configs that are made while requests are served: each is there as long as a config uses it. */
export class UpstreamPool<Spec> {
  readonly #deps: PoolDeps<Spec>;
  readonly #held = new Map<string, Held>();
  #state: 'idle' | 'serving' | 'closed' = 'idle';

  constructor(deps: PoolDeps<Spec>) {
    this.#deps = deps;
  }

  /** The same for the same specification. Each call is to be followed by one of `release`, some time. */
  take(spec: Spec): OwnedUpstream {
    if (this.#state === 'closed') return this.#passing(spec);
    const key = JSON.stringify(spec);
    const held = this.#held.get(key) ?? { upstream: this.#deps.create(spec), uses: 0 };
    this.#held.set(key, held);
    held.uses += 1;
    if (this.#state === 'serving') held.upstream.start();
    return held.upstream;
  }

  release(spec: Spec): void {
    const key = JSON.stringify(spec);
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.uses -= 1;
    if (held.uses > 0) return;
    this.#held.delete(key);
    this.#deps.retire([held.upstream]);
  }

  start(): void {
    this.#state = 'serving';
    for (const { upstream } of this.#held.values()) upstream.start();
  }

  /** Its Service has another configuration now, or the process stops. */
  close(): readonly OwnedUpstream[] {
    this.#state = 'closed';
    const upstreams = [...this.#held.values()].map(({ upstream }) => upstream);
    this.#held.clear();
    return upstreams;
  }

  /** For a request that is pinned to an older configuration. */
  #passing(spec: Spec): OwnedUpstream {
    const upstream = this.#deps.create(spec);
    upstream.start();
    this.#deps.retire([upstream]);
    return upstream;
  }
}
