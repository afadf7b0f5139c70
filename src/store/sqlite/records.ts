import type { RecordStore, StoredRecord } from '../../../identity/ports.ts';
import type { Clock } from '../../base/clock.ts';
import type { Connection, Statement } from './connection.ts';

interface RecordRow {
  readonly space: string;
  readonly key: string;
  readonly owner: string;
  readonly expires_at: number;
  readonly json: string;
}

const COLUMNS = 'space, key, owner, expires_at, json';

export class SqliteRecords implements RecordStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #add: Statement<never>;
  readonly #trim: Statement<never>;
  readonly #put: Statement<never>;
  readonly #replace: Statement<never>;
  readonly #get: Statement<RecordRow>;
  readonly #take: Statement<RecordRow>;
  readonly #ofOwner: Statement<RecordRow>;
  readonly #list: Statement<RecordRow>;
  readonly #delete: Statement<never>;
  readonly #deleteOfOwner: Statement<never>;
  readonly #expire: Statement<never>;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    const insert = `INSERT INTO records (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (space, key) DO UPDATE SET owner = ?3, expires_at = ?4, json = ?5`;
    this.#add = connection.prepare(`${insert} WHERE records.expires_at <= ?6`);
    this.#put = connection.prepare(insert);
    this.#trim = connection.prepare(
      `DELETE FROM records WHERE space = ?1 AND seq <=
         (SELECT seq FROM records WHERE space = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
    );
    this.#replace = connection.prepare(
      'UPDATE records SET owner = ?3, expires_at = ?4, json = ?5 WHERE space = ?1 AND key = ?2 AND json = ?6',
    );
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM records WHERE space = ? AND key = ? AND expires_at > ?`);
    // One statement, so that of two takers one gets it.
    this.#take = connection.prepare(`DELETE FROM records WHERE space = ? AND key = ? RETURNING ${COLUMNS}`);
    this.#ofOwner = connection.prepare(
      `SELECT ${COLUMNS} FROM records WHERE space = ? AND owner = ? AND expires_at > ? ORDER BY seq`,
    );
    this.#list = connection.prepare(`SELECT ${COLUMNS} FROM records WHERE space = ? AND expires_at > ? ORDER BY seq`);
    this.#delete = connection.prepare('DELETE FROM records WHERE space = ? AND key = ?');
    this.#deleteOfOwner = connection.prepare('DELETE FROM records WHERE space = ? AND owner = ?');
    this.#expire = connection.prepare('DELETE FROM records WHERE expires_at <= ?');
  }

  add(record: StoredRecord, most?: number): boolean {
    const add = () => this.#add.run(...valuesOf(record), this.#clock.now()) > 0;
    if (most === undefined) return add();
    return this.#connection.transaction(() => {
      const isAdded = add();
      this.#trim.run(record.space, most);
      return isAdded;
    });
  }

  addAll(records: readonly StoredRecord[]): boolean[] {
    return this.#connection.transaction(() => records.map((record) => this.add(record)));
  }

  put(record: StoredRecord): void {
    this.#put.run(...valuesOf(record));
  }

  putAll(records: readonly StoredRecord[]): void {
    this.#connection.transaction(() => {
      for (const record of records) this.put(record);
    });
  }

  replace(record: StoredRecord, former: string): boolean {
    return this.#replace.run(...valuesOf(record), former) > 0;
  }

  get(space: string, key: string): StoredRecord | null {
    const row = this.#get.get(space, key, this.#clock.now());
    return row === null ? null : fromRow(row);
  }

  /** The rows of a statement run to its end: only then is a failure to commit it an error, and what is taken gone. */
  take(space: string, key: string): StoredRecord | null {
    const [row] = this.#take.all(space, key);
    return row === undefined || row.expires_at <= this.#clock.now() ? null : fromRow(row);
  }

  ofOwner(space: string, owner: string): StoredRecord[] {
    return this.#ofOwner.all(space, owner, this.#clock.now()).map(fromRow);
  }

  list(space: string): StoredRecord[] {
    return this.#list.all(space, this.#clock.now()).map(fromRow);
  }

  delete(space: string, key: string): void {
    this.#delete.run(space, key);
  }

  deleteOfOwner(space: string, owner: string): void {
    this.#deleteOfOwner.run(space, owner);
  }

  deleteExpired(now: number): number {
    return this.#expire.run(now);
  }
}

function valuesOf({ space, key, owner, expiresAt, json }: StoredRecord): [string, string, string, number, string] {
  return [space, key, owner, expiresAt, json];
}

function fromRow({ expires_at: expiresAt, ...rest }: RecordRow): StoredRecord {
  return { ...rest, expiresAt };
}
