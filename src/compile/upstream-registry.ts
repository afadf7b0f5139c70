import type { Converse } from '../gateway/conversation.ts';
import type { Upstream } from '../gateway/snapshot.ts';
import { UpstreamPool } from './upstream-pool.ts';

/** An upstream with connections of its own. */
export interface OwnedUpstream extends Upstream {
  /** It serves from now on. Does nothing the second time. */
  start(): void;
  readonly converse: Converse;
  /** Lets requests under way finish, then closes the connections. */
  close(): Promise<void>;
}

type Upstreams = ReadonlyMap<string, OwnedUpstream>;
type Pools<Spec> = ReadonlySet<UpstreamPool<Spec>>;

interface Retiring {
  readonly upstreams: readonly OwnedUpstream[];
  readonly timer: NodeJS.Timeout;
}

/** Requests that are pinned to the old snapshot and have not reached their upstream yet get this long. */
const GRACE_MS = 30_000;

/** Groups of upstreams that wait; those above go at once: clients may be able to make rules compute ever new ones. */
const MOST_RETIRING = 1000;

/**
 * Upstreams by their specification, shared by generations: what did not change keeps its connections. A lease is
 * what one compilation takes; committing it retires what no longer serves, discarding it retires what it made.
 */
export class UpstreamRegistry<Spec> {
  readonly #create: (spec: Spec) => OwnedUpstream;
  readonly #retiring = new Set<Retiring>();
  #live = new Map<string, OwnedUpstream>();
  #pools: Pools<Spec> = new Set();

  constructor(create: (spec: Spec) => OwnedUpstream) {
    this.#create = create;
  }

  lease(): UpstreamLease<Spec> {
    const [before, poolsBefore] = [this.#live, this.#pools];
    const taken = new Map<string, OwnedUpstream>();
    const pools = new Set<UpstreamPool<Spec>>();
    return {
      take: (spec) => {
        const key = JSON.stringify(spec);
        const upstream = taken.get(key) ?? before.get(key) ?? this.#create(spec);
        taken.set(key, upstream);
        return upstream;
      },
      keep: (pool) => pools.add(pool),
      pool: () => {
        const pool = this.#pool();
        pools.add(pool);
        return pool;
      },
      commit: () => {
        this.#live = taken;
        this.#pools = pools;
        for (const one of [...taken.values(), ...pools]) one.start();
        this.#retire([...onlyIn(before, taken), ...closed(poolsBefore, pools)]);
      },
      discard: () => this.#retire([...onlyIn(taken, before), ...closed(pools, poolsBefore)]),
    };
  }

  async close(): Promise<void> {
    const retiring = [...this.#retiring].map((group) => this.#closeNow(group));
    const upstreams = [...this.#live.values(), ...closed(this.#pools, new Set())];
    await Promise.all([...retiring, ...upstreams.map((upstream) => upstream.close())]);
  }

  #pool(): UpstreamPool<Spec> {
    return new UpstreamPool({ create: this.#create, retire: (upstreams) => this.#retire(upstreams) });
  }

  #retire(upstreams: readonly OwnedUpstream[]): void {
    if (upstreams.length === 0) return;
    const timer = setTimeout(() => void this.#closeNow(group), GRACE_MS).unref();
    const group: Retiring = { upstreams, timer };
    this.#retiring.add(group);
    const [oldest] = this.#retiring;
    if (oldest !== undefined && this.#retiring.size > MOST_RETIRING) void this.#closeNow(oldest);
  }

  async #closeNow(group: Retiring): Promise<void> {
    clearTimeout(group.timer);
    this.#retiring.delete(group);
    await Promise.all(group.upstreams.map((upstream) => upstream.close()));
  }
}

export interface UpstreamLease<Spec> {
  take(spec: Spec): OwnedUpstream;
  /** A new one, for a Service whose rules compute configs. */
  pool(): UpstreamPool<Spec>;
  /** It goes on with what did not change. */
  keep(pool: UpstreamPool<Spec>): void;
  commit(): void;
  discard(): void;
}

function onlyIn(these: Upstreams, others: Upstreams): OwnedUpstream[] {
  return [...these].filter(([key]) => !others.has(key)).map(([, upstream]) => upstream);
}

/** What was in the pools that are not among the others. */
function closed<Spec>(these: Pools<Spec>, others: Pools<Spec>): OwnedUpstream[] {
  return [...these].filter((pool) => !others.has(pool)).flatMap((pool) => pool.close());
}
