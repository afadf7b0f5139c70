import type { ChangedRequest, DecisionChange, RecordedRequest, Verdict } from '../../admin/decision-api.ts';

export interface ChangeReport {
  /** Requests whose decision changes. */
  readonly changed: number;
  /** Those of the Service with the most of them first. */
  readonly changes: readonly DecisionChange[];
}

interface Group {
  readonly service: string;
  readonly user: string | null;
  readonly from: Verdict['effect'];
  readonly to: Verdict['effect'];
  count: number;
  /** By method, host and path. */
  readonly samples: Map<string, ChangedRequest>;
}

/** Collects which requests are decided otherwise, by Service and user. */
export class Changes {
  readonly #samples: number;
  readonly #groups = new Map<string, Group>();
  #changed = 0;

  /** @param samples requests to keep of each group */
  constructor(samples: number) {
    this.#samples = samples;
  }

  /** @param times how many requests it stands for */
  compare(request: RecordedRequest, before: Verdict, after: Verdict, times = 1): void {
    if (before.effect === after.effect) return;
    this.#changed += times;
    const group = this.#groupOf(request, before, after);
    group.count += times;
    if (group.samples.size >= this.#samples) return;
    const { time, method, host, path } = request;
    const key = `${method} ${host}${path}`;
    if (!group.samples.has(key)) group.samples.set(key, { request: { time, method, host, path }, before, after });
  }

  report(): ChangeReport {
    const changes = [...this.#groups.values()].map((group) => ({ ...group, samples: [...group.samples.values()] }));
    return { changed: this.#changed, changes: changes.sort((a, b) => b.count - a.count || byName(a, b)) };
  }

  #groupOf({ service, user }: RecordedRequest, { effect: from }: Verdict, { effect: to }: Verdict): Group {
    const key = `${service}\0${user === null ? '' : `=${user}`}\0${to}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const fresh: Group = { service, user, from, to, count: 0, samples: new Map() };
    this.#groups.set(key, fresh);
    return fresh;
  }
}

function byName(a: DecisionChange, b: DecisionChange): number {
  const [first, second] = [a, b].map(({ service, user, to }) => `${service}\0${user ?? ''}\0${to}`);
  return first! < second! ? -1 : 1;
}
