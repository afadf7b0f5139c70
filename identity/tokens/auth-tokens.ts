import type { Clock } from '../../src/base/clock.ts';
import { hashHandle } from '../../src/base/ids.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import type { Credential } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import {
  type CredentialHolder,
  credentialStanding,
  expiryOf,
  type HolderRef,
  refOf,
} from '../oauth2/credential-standing.ts';
import type { RecordStore, StoredRecord } from '../ports.ts';
import { isToken, newToken } from './token-format.ts';

const SPACE = 'auth-token';

interface StoredAuthToken extends HolderRef {
  /** How often it was good for a token. */
  readonly used: number;
  /**
   * Milliseconds since 1970. It stands here as well as in the record, so that who counts a use sees that it was
   * changed meanwhile.
   */
  readonly endsAt: number;
}

/** Auth tokens: each is good for an access token so often as its Credential says, whichever process is asked. */
export class AuthTokens {
  readonly #records: RecordStore;
  readonly #clock: Clock;

  constructor({ records, clock }: { readonly records: RecordStore; readonly clock: Clock }) {
    this.#records = records;
    this.#clock = clock;
  }

  /**
   * Another auth token in place of the Credential's former ones. It is shown once; only its hash is stored.
   * @param overlapMs so long these are good yet
   */
  async rotate(holder: CredentialHolder, overlapMs = 0): Promise<SecretValue> {
    const token = newToken('auth');
    const owner = holder.credential.metadata.name;
    for (const former of await this.#records.ofOwner(SPACE, owner)) await this.#end(former.key, overlapMs);
    const expiresAt = expiryOf(holder.credential);
    const stored: StoredAuthToken = { ...refOf(holder), used: 0, endsAt: expiresAt };
    await this.#records.put({ space: SPACE, key: hashHandle(token), owner, expiresAt, json: JSON.stringify(stored) });
    return new SecretValue(token);
  }

  async #end(key: string, overlapMs: number): Promise<void> {
    if (overlapMs === 0) return this.#records.delete(SPACE, key);
    const latest = this.#clock.now() + overlapMs;
    for (;;) {
      const former = await this.#records.get(SPACE, key);
      if (former === null) return;
      const stored = JSON.parse(former.json) as StoredAuthToken;
      const endsAt = Math.min(stored.endsAt, latest);
      const record = { ...former, expiresAt: endsAt, json: JSON.stringify({ ...stored, endsAt }) };
      // Else it was used in between: the end has to be written beside that.
      if (await this.#records.replace(record, former.json)) return;
    }
  }

  /** Whose token it is, without counting a use. `null` as of `use`. */
  async look(token: string, directory: Directory): Promise<CredentialHolder | null> {
    const record = isToken('auth', token) ? await this.#records.get(SPACE, hashHandle(token)) : null;
    return record === null ? null : (this.#usable(record, directory)?.holder ?? null);
  }

  /** Counts one use. `null`: the token is unknown, used up, or its Credential or User no longer counts. */
  async use(token: string, directory: Directory): Promise<CredentialHolder | null> {
    if (!isToken('auth', token)) return null;
    for (;;) {
      const record = await this.#records.get(SPACE, hashHandle(token));
      const usable = record === null ? null : this.#usable(record, directory);
      if (record === null || usable === null) return null;
      // Somebody else used it in between: look again. Ends, because each use is one nearer to the last.
      if (await this.#records.replace({ ...record, json: usable.next }, record.json)) return usable.holder;
    }
  }

  #usable(record: StoredRecord, directory: Directory) {
    const stored = JSON.parse(record.json) as StoredAuthToken;
    const holder = credentialStanding(stored, 'AUTH_TOKEN', directory, this.#clock.now());
    if (holder === null || stored.used >= mostUses(holder.credential)) return null;
    return { holder, next: JSON.stringify({ ...stored, used: stored.used + 1 } satisfies StoredAuthToken) };
  }

  /** How often the tokens of a Credential were used. */
  async usesOf(credential: string): Promise<number> {
    const records = await this.#records.ofOwner(SPACE, credential);
    return records.reduce((sum, { json }) => sum + (JSON.parse(json) as StoredAuthToken).used, 0);
  }

  /** Whether it has tokens, and none of them is good for anything. */
  async areUsedUp(credential: Credential): Promise<boolean> {
    const records = await this.#records.ofOwner(SPACE, credential.metadata.name);
    const isUsedUp = ({ json }: StoredRecord) => (JSON.parse(json) as StoredAuthToken).used >= mostUses(credential);
    return records.length > 0 && records.every(isUsedUp);
  }

  async forget(credential: string): Promise<void> {
    await this.#records.deleteOfOwner(SPACE, credential);
  }
}

function mostUses({ spec }: Credential): number {
  return spec.maxAuthentications ?? 1;
}
