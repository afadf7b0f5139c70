import type { Clock } from '../../src/base/clock.ts';
import type { IdentityStore, StoredRecord } from '../ports.ts';

const SPACE = 'factor-attempts';
export const MOST_FAILURES = 5;
/** Since the last failure, in milliseconds. */
export const LOCKED_MS = 15 * 60_000;
/** More processes than these do not count at the very same moment; who loses that often counts as locked. */
const MOST_RACES = 20;

/**
 * Counts guesses at the codes of a user, in all processes together. Only who has signed in may guess, so strangers
 * lock nobody out; and it is counted before the guess is looked at, so that guesses at once are not more guesses.
 */
export class Attempts {
  readonly #records: IdentityStore['records'];
  readonly #clock: Clock;

  constructor(records: IdentityStore['records'], clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** `false`: there were too many. */
  async begin(userName: string): Promise<boolean> {
    for (let race = 0; race < MOST_RACES; race++) {
      const known = await this.#records.get(SPACE, userName);
      const failures = known === null ? 0 : Number(known.json);
      if (failures >= MOST_FAILURES) return false;
      if (await this.#count(userName, failures + 1, known)) return true;
    }
    return false;
  }

  async succeeded(userName: string): Promise<void> {
    await this.#records.delete(SPACE, userName);
  }

  async #count(userName: string, failures: number, known: StoredRecord | null): Promise<boolean> {
    const expiresAt = this.#clock.now() + LOCKED_MS;
    const record = { space: SPACE, key: userName, owner: userName, expiresAt, json: String(failures) };
    return known === null ? this.#records.add(record) : this.#records.replace(record, known.json);
  }
}
