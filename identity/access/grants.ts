import type { Clock } from '../../src/base/clock.ts';
import type { NamedRef, User } from '../../src/model/index.ts';
import type { RecordStore } from '../ports.ts';
import { isSame } from '../sessions/backed-session.ts';
import { type AccessRequest, isOver, keyOf, requestOf, SPACE } from './request.ts';

export interface AccessGrantsDeps {
  readonly records: Pick<RecordStore, 'ofOwner'>;
  readonly clock: Clock;
  /** Told of each User who has lost a grant: it is over, or was revoked. */
  readonly lost: (userName: string) => void;
  readonly failed: (thrown: unknown) => void;
}

/** Every process reads them anew so often: within a second what one of them changed holds in all. */
const INTERVAL_MS = 500;
/** What was read longer ago is not relied on. */
const STALE_MS = 5000;

interface Grant {
  readonly user: NamedRef;
  readonly until: number;
}

/** What approvers have granted, in memory, because decisions wait for nothing. */
export class AccessGrants {
  readonly #deps: AccessGrantsDeps;
  readonly #timer: NodeJS.Timeout;
  #grants: ReadonlyMap<string, Grant> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #failing = false;

  constructor(deps: AccessGrantsDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.refresh(), INTERVAL_MS).unref();
  }

  /** Whether this User may open this Service by a grant. */
  covers(user: User, service: string): boolean {
    if (this.#grants.size === 0) return false;
    const grant = this.#grants.get(keyOf(user.metadata.name, service));
    if (grant === undefined || !isSame(grant.user, user)) return false;
    const { clock } = this.#deps;
    return clock.now() < grant.until && clock.monotonic() - this.#readAt < STALE_MS;
  }

  /** Never rejects: what cannot be read counts no more once it is stale. */
  async refresh(): Promise<void> {
    try {
      const readAt = this.#deps.clock.monotonic();
      const records = await this.#deps.records.ofOwner(SPACE, 'granted');
      if (readAt < this.#readAt) return;
      this.#readAt = readAt;
      this.#failing = false;
      this.#swap(records.map(requestOf));
    } catch (thrown) {
      if (!this.#failing) this.#deps.failed(thrown);
      this.#failing = true;
      if (this.#deps.clock.monotonic() - this.#readAt >= STALE_MS) this.#swap([]);
    }
  }

  #swap(requests: readonly AccessRequest[]): void {
    const former = this.#grants;
    const now = this.#deps.clock.now();
    const active = requests.filter((request) => request.state === 'granted' && !isOver(request, now));
    this.#grants = new Map(
      active.map(({ user, service, until }) => [keyOf(user.name, service), { user, until: until! }]),
    );
    const lost = [...former].filter(([key]) => !this.#grants.has(key)).map(([, { user }]) => user.name);
    for (const name of new Set(lost)) this.#deps.lost(name);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
