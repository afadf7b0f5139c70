import type { SealedSecret, SealedSecretStore } from '../../secrets/ports.ts';
import type { Connection, Statement } from './connection.ts';
import { fromRow, type SealedRow } from './sealed-rows.ts';

const COLUMNS = 'name, key_id, wrapped_key, ciphertext';

/** The sealed Secrets. They come and go with their resources (`resources.ts`). */
export class SqliteSealedSecrets implements SealedSecretStore {
  readonly #connection: Connection;
  readonly #get: Statement<SealedRow>;
  readonly #list: Statement<SealedRow>;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #rewrap: Statement<never>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#get = connection.prepare(`SELECT ${COLUMNS} FROM sealed_secrets WHERE name = ?`);
    this.#list = connection.prepare(`SELECT ${COLUMNS} FROM sealed_secrets ORDER BY name`);
    this.#put = connection.prepare(`INSERT OR REPLACE INTO sealed_secrets (${COLUMNS}) VALUES (?, ?, ?, ?)`);
    this.#delete = connection.prepare('DELETE FROM sealed_secrets WHERE name = ?');
    this.#rewrap = connection.prepare(
      'UPDATE sealed_secrets SET key_id = ?, wrapped_key = ? WHERE name = ? AND ciphertext = ?',
    );
  }

  get(name: string): SealedSecret | null {
    const row = this.#get.get(name);
    return row === null ? null : fromRow(row);
  }

  list(): SealedSecret[] {
    return this.#list.all().map(fromRow);
  }

  replaceAll(secrets: readonly SealedSecret[]): void {
    this.#connection.transaction(() => {
      for (const { name, keyId, wrappedKey, ciphertext } of secrets) {
        this.#rewrap.run(keyId, wrappedKey, name, ciphertext);
      }
    });
  }

  /** For the transaction of a commit. */
  put({ name, keyId, wrappedKey, ciphertext }: SealedSecret): void {
    this.#put.run(name, keyId, wrappedKey, ciphertext);
  }

  /** For the transaction of a commit. */
  delete(name: string): void {
    this.#delete.run(name);
  }
}
