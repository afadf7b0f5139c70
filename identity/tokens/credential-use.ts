import type { Clock } from '../../src/base/clock.ts';
import { Lru } from '../../src/base/lru.ts';
import type { Credential } from '../../src/model/index.ts';
import { NEVER } from '../oauth2/credential-standing.ts';
import type { RecordStore } from '../ports.ts';

const SPACE = 'credential-use';
/** A Credential that is used is written down so often by each process, in milliseconds. */
const NOTED_EVERY_MS = 60_000;

/** When Credentials were last good for a token. */
export class CredentialUse {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #noted = new Lru<string, number>(10_000);

  constructor({ records, clock }: { readonly records: RecordStore; readonly clock: Clock }) {
    this.#records = records;
    this.#clock = clock;
  }

  async note({ metadata: { name } }: Credential): Promise<void> {
    const now = this.#clock.now();
    if (now - (this.#noted.get(name) ?? Number.NEGATIVE_INFINITY) < NOTED_EVERY_MS) return;
    this.#noted.set(name, now);
    await this.#records.put({ space: SPACE, key: name, owner: name, expiresAt: NEVER, json: JSON.stringify(now) });
  }

  /** Milliseconds since 1970; `null`: it was not used yet. */
  async lastOf(credential: string): Promise<number | null> {
    const record = await this.#records.get(SPACE, credential);
    return record === null ? null : (JSON.parse(record.json) as number);
  }

  async forget(credential: string): Promise<void> {
    await this.#records.deleteOfOwner(SPACE, credential);
  }
}
