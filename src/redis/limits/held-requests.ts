import { newHandle } from '../../base/ids.ts';
import type { RedisConnection } from '../connection.ts';
import { RENEW } from './scripts.ts';

const RENEW_MS = 5_000;
/** In one command. */
const MOST_AT_ONCE = 500;

/**
 * Requests that count as long as they last. What this process holds is told again from time to time, so what it held
 * when it ended is free a while later.
 */
export class HeldRequests {
  /** How long a request counts of which nothing is heard. */
  static readonly LEASE_MS = 15_000;
  readonly #connection: RedisConnection;
  readonly #process = newHandle();
  readonly #held = new Map<string, Set<string>>();
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
    this.#timer = setInterval(() => this.#renew(), RENEW_MS).unref();
  }

  /** No other request of any gateway has this name. */
  newMember(): string {
    return `${this.#process}.${this.#count++}`;
  }

  /** Gives what is to be called when it is over. */
  hold(name: string, member: string): () => void {
    const members = this.#held.get(name) ?? new Set<string>();
    this.#held.set(name, members.add(member));
    return () => {
      members.delete(member);
      if (members.size === 0 && this.#held.get(name) === members) this.#held.delete(name);
      // When nobody can be told, it is over by itself soon.
      this.#connection.send(['ZREM', name, member]).catch(() => {});
    };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #renew(): void {
    for (const [name, members] of this.#held) {
      const all = [...members];
      for (let i = 0; i < all.length; i += MOST_AT_ONCE) {
        const some = all.slice(i, i + MOST_AT_ONCE);
        this.#connection.run(RENEW, [name], [String(HeldRequests.LEASE_MS), ...some]).catch(() => {});
      }
    }
  }
}
