import type { RecordStore, StoredRecord } from '../../ports.ts';

interface Waiting {
  readonly record: StoredRecord;
  readonly resolve: (isAdded: boolean) => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * Adds records of many requests in one commit: each commit waits for the disk, and everybody with it. Those that come
 * in one turn of the event loop go together; nobody is answered before the commit that has theirs.
 */
export class GatheredClaims implements Pick<RecordStore, 'add'> {
  readonly #records: Pick<RecordStore, 'addAll'>;
  #waiting: Waiting[] = [];

  constructor(records: Pick<RecordStore, 'addAll'>) {
    this.#records = records;
  }

  add(record: StoredRecord): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => void this.#commit());
    });
  }

  /** When it fails, it fails for all of them. */
  async #commit(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const added = await this.#records.addAll(waiting.map(({ record }) => record));
      for (const [i, { resolve }] of waiting.entries()) resolve(added[i] === true);
    } catch (thrown) {
      for (const { reject } of waiting) reject(thrown);
    }
  }
}
