import type { SessionStore } from '../ports.ts';

export interface LastSeenDeps {
  readonly store: Pick<SessionStore, 'seen'>;
  /** The times were not stored; they are noted again at the next use. */
  readonly failed: (thrown: unknown) => void;
}

/** How long times are gathered, in milliseconds: one commit for all of them. */
const GATHERED_MS = 1000;

/** Writes down when sessions were used, many at once: each commit waits for the disk. */
export class LastSeen {
  readonly #deps: LastSeenDeps;
  #waiting = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: LastSeenDeps) {
    this.#deps = deps;
  }

  /** @param time milliseconds since 1970 */
  note(uid: string, time: number): void {
    this.#waiting.set(uid, time);
    this.#timer ??= setTimeout(() => void this.flush(), GATHERED_MS).unref();
  }

  /** Never rejects. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const times = this.#waiting;
    if (times.size === 0) return;
    this.#waiting = new Map();
    try {
      await this.#deps.store.seen(times);
    } catch (thrown) {
      this.#deps.failed(thrown);
    }
  }
}
