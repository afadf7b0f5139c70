import type { Upstream } from '../gateway/snapshot.ts';

/** An upstream with connections of its own. */
export interface OwnedUpstream extends Upstream {
  /** It serves from now on. Does nothing the second time. */
  start(): void;
  /** Lets requests under way finish, then closes the connections. */
  close(): Promise<void>;
}

type Upstreams = ReadonlyMap<string, OwnedUpstream>;

/** Requests that are pinned to the old snapshot and have not reached their upstream yet get this long. */
const GRACE_MS = 30_000;

/**
 * Upstreams by their specification, shared by generations: what did not change keeps its connections. A lease is
 * what one compilation takes; committing it retires what no longer serves, discarding it retires what it made.
 */
export class UpstreamRegistry<Spec> {
  readonly #create: (spec: Spec) => OwnedUpstream;
  readonly #timers = new Set<NodeJS.Timeout>();
  #live = new Map<string, OwnedUpstream>();

  constructor(create: (spec: Spec) => OwnedUpstream) {
    this.#create = create;
  }

  lease(): UpstreamLease<Spec> {
    const before = this.#live;
    const taken = new Map<string, OwnedUpstream>();
    return {
      take: (spec) => {
        const key = JSON.stringify(spec);
        const upstream = taken.get(key) ?? before.get(key) ?? this.#create(spec);
        taken.set(key, upstream);
        return upstream;
      },
      commit: () => {
        this.#live = taken;
        for (const upstream of taken.values()) upstream.start();
        this.#retire(onlyIn(before, taken));
      },
      discard: () => this.#retire(onlyIn(taken, before)),
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#live.values()].map((upstream) => upstream.close()));
  }

  #retire(upstreams: readonly OwnedUpstream[]): void {
    if (upstreams.length === 0) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const upstream of upstreams) void upstream.close();
    }, GRACE_MS);
    this.#timers.add(timer.unref());
  }
}

export interface UpstreamLease<Spec> {
  take(spec: Spec): OwnedUpstream;
  commit(): void;
  discard(): void;
}

function onlyIn(these: Upstreams, others: Upstreams): OwnedUpstream[] {
  return [...these].filter(([key]) => !others.has(key)).map(([, upstream]) => upstream);
}
