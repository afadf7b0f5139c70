import type { TextSealer } from '../../secrets/ports.ts';
import type { LastGoodStore } from '../store.ts';
import type { Connection, Statement } from './connection.ts';
import { fromRow, type SealedRow } from './sealed-rows.ts';

/** Sealed, because a configuration file may hold the values of Secrets. */
export class SqliteLastGood implements LastGoodStore {
  readonly #sealer: TextSealer;
  readonly #get: Statement<SealedRow>;
  readonly #put: Statement<never>;

  constructor(connection: Connection, sealer: TextSealer) {
    this.#sealer = sealer;
    this.#get = connection.prepare(
      'SELECT file AS name, key_id, wrapped_key, ciphertext FROM last_good WHERE file = ?',
    );
    this.#put = connection.prepare(
      'INSERT OR REPLACE INTO last_good (file, key_id, wrapped_key, ciphertext) VALUES (?, ?, ?, ?)',
    );
  }

  get(file: string): string | null {
    const row = this.#get.get(file);
    return row === null ? null : this.#sealer.open(fromRow(row));
  }

  put(file: string, text: string): void {
    const { keyId, wrappedKey, ciphertext } = this.#sealer.seal(file, text);
    this.#put.run(file, keyId, wrappedKey, ciphertext);
  }
}
