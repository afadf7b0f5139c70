import { type createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../src/base/clock.ts';
import { AppError, messageOf } from '../../src/base/errors.ts';

export type KeyFinder = ReturnType<typeof createLocalJWKSet>;

/** Milliseconds that a key set is used without asking again. */
const FRESH_MS = 10 * 60_000;
/** Milliseconds that it is used while its provider cannot be asked. */
const STALE_MS = 60 * 60_000;
/** Milliseconds between two attempts that unknown keys, or failures, bring about. */
const INTERVAL_MS = 30_000;
/** The same as long as there are no keys at all. */
const FIRST_INTERVAL_MS = 5_000;

/**
 * The keys of one issuer, read when they are needed. A provider that is down leaves those that are known for an hour,
 * and then nothing; nobody who sends made-up key ids makes us ask more than twice a minute.
 */
export class KeySet {
  readonly #load: () => Promise<KeyFinder>;
  readonly #clock: Clock;
  #finder: KeyFinder | null = null;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #problem: unknown = null;
  #loading: Promise<void> | null = null;

  constructor(load: () => Promise<KeyFinder>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
  }

  /** For `jwtVerify`. Rejects with `unavailable` when there are no keys to look among. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#age(this.#loadedAt) > FRESH_MS) await this.#tryAgain();
    const seenAt = this.#loadedAt;
    try {
      return await this.#known()(header, token);
    } catch (thrown) {
      if (!(thrown instanceof errors.JWKSNoMatchingKey)) throw thrown;
      await this.#tryAgain();
      if (this.#loadedAt === seenAt) throw thrown;
      return this.#known()(header, token);
    }
  };

  #known(): KeyFinder {
    if (this.#finder !== null && this.#age(this.#loadedAt) <= STALE_MS) return this.#finder;
    throw new AppError('unavailable', `the keys of the issuer cannot be read: ${messageOf(this.#problem)}`);
  }

  /** Those who come meanwhile wait for the same attempt. Never rejects. */
  #tryAgain(): Promise<void> {
    const interval = this.#finder === null ? FIRST_INTERVAL_MS : INTERVAL_MS;
    if (this.#loading === null && this.#age(this.#triedAt) < interval) return Promise.resolve();
    this.#loading ??= this.#loadNow().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #loadNow(): Promise<void> {
    this.#triedAt = this.#clock.monotonic();
    try {
      this.#finder = await this.#load();
      this.#loadedAt = this.#clock.monotonic();
    } catch (thrown) {
      this.#problem = thrown;
    }
  }

  #age(since: number): number {
    return this.#clock.monotonic() - since;
  }
}
