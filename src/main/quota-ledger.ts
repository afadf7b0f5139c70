import { createHash } from 'node:crypto';
import type { RecordStore, StoredRecord } from '../../identity/ports.ts';
import type { Ledger, Used } from '../gateway/limits/meter.ts';

const SPACE = 'quota';
/** Beyond the end of its period, so that a clock that is set back finds it. */
const KEPT_MS = 86_400_000;

/** What quotas have used, in the store. All that is to be kept at the same time is one commit. */
export class QuotaLedger implements Ledger {
  readonly #records: RecordStore;
  /** What was there at the start, until somebody asks for it. */
  readonly #before: Map<string, Used>;
  #unkept = new Map<string, StoredRecord>();
  /** The one that has not begun. */
  #commit: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();

  private constructor(records: RecordStore, before: Map<string, Used>) {
    this.#records = records;
    this.#before = before;
  }

  static async open(records: RecordStore): Promise<QuotaLedger> {
    const known = await records.list(SPACE);
    return new QuotaLedger(records, new Map(known.map(({ key, json }) => [key, JSON.parse(json) as Used])));
  }

  read(id: string, key: string): Used | null {
    if (this.#before.size === 0) return null;
    const name = nameOf(id, key);
    const used = this.#before.get(name) ?? null;
    this.#before.delete(name);
    return used;
  }

  keep(id: string, key: string, used: Used): Promise<void> {
    const name = nameOf(id, key);
    const record = { space: SPACE, key: name, owner: '', expiresAt: used.endsAt + KEPT_MS, json: JSON.stringify(used) };
    this.#unkept.set(name, record);
    this.#commit ??= this.#soon(this.#last);
    this.#last = this.#commit;
    return this.#commit;
  }

  /** Resolves once all that was to be kept is, or cannot be. */
  async settled(): Promise<void> {
    await this.#last.catch(() => {});
  }

  async #soon(before: Promise<void>): Promise<void> {
    await before.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    const records = [...this.#unkept.values()];
    this.#unkept = new Map();
    this.#commit = null;
    await this.#records.putAll(records);
  }
}

/** Keys may be addresses and names of people: the store need not know them. */
function nameOf(id: string, key: string): string {
  return createHash('sha256')
    .update(JSON.stringify([id, key]))
    .digest('base64url');
}
