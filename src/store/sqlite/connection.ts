import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { AppError, messageOf } from '../../base/errors.ts';

/** How long a statement waits for another process that writes. Commits take milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite's primary result codes that tell what a caller can do something about; the rest is `unavailable`. */
const CONSTRAINT = 19;
const UNIQUE = 2067;
const FOREIGN_KEY = 787;

/** One connection to a database file: prepared statements and transactions, with errors of ours. */
export class Connection {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = attempt(() => new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, defensive: true }));
  }

  exec(sql: string): void {
    attempt(() => this.#database.exec(sql));
  }

  prepare<Row = never>(sql: string): Statement<Row> {
    return new Statement<Row>(attempt(() => this.#database.prepare(sql)));
  }

  /** Runs `work` with the write lock taken at its beginning: all of it is committed, or nothing. */
  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Some failures, such as a full disk, have ended the transaction already. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }
}

/** `Row` is what the statement's columns are; the schema in `migrations.ts` answers for it. */
export class Statement<Row> {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  get(...values: SQLInputValue[]): Row | null {
    return attempt(() => (this.#statement.get(...values) as Row | undefined) ?? null);
  }

  all(...values: SQLInputValue[]): Row[] {
    return attempt(() => this.#statement.all(...values) as Row[]);
  }

  /** The number of rows that changed. */
  run(...values: SQLInputValue[]): number {
    return attempt(() => Number(this.#statement.run(...values).changes));
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): AppError {
  const options = { detail: messageOf(error), cause: error };
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
  if (code === FOREIGN_KEY)
    return new AppError('not-found', 'what this belongs to is not in the store (any more)', options);
  if (code === UNIQUE || (code & 0xff) === CONSTRAINT) {
    return new AppError('conflict', 'the store has another entry of that name', options);
  }
  return new AppError('unavailable', 'the store cannot be used', options);
}
