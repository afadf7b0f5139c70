import type { HandOver, PendingSignIn, SignInStore } from '../../../identity/ports.ts';
import type { Clock } from '../../base/clock.ts';
import type { SignInLimits } from '../sign-in-limits.ts';
import type { Connection, Statement } from './connection.ts';
import { readJson } from './json.ts';

interface TakenRow {
  readonly expires_at: number;
  readonly json: string;
}

export class SqliteSignIns implements SignInStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #putPending: Statement<never>;
  readonly #trimBrowser: Statement<never>;
  readonly #trimPending: Statement<never>;
  readonly #takePending: Statement<TakenRow>;
  readonly #putHandOver: Statement<never>;
  readonly #trimHandOvers: Statement<never>;
  readonly #takeHandOver: Statement<TakenRow>;
  readonly #expire: readonly Statement<never>[];

  constructor(connection: Connection, clock: Clock, limits: SignInLimits) {
    this.#connection = connection;
    this.#clock = clock;
    this.#putPending = connection.prepare(
      'INSERT OR REPLACE INTO pending_sign_ins (state_hash, browser_hash, expires_at, json) VALUES (?, ?, ?, ?)',
    );
    this.#trimBrowser = connection.prepare(
      `DELETE FROM pending_sign_ins WHERE browser_hash = ?1 AND seq <=
         (SELECT seq FROM pending_sign_ins WHERE browser_hash = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ${limits.pendingPerBrowser})`,
    );
    this.#trimPending = connection.prepare(trim('pending_sign_ins', limits.pending));
    this.#takePending = connection.prepare(take('pending_sign_ins', 'state_hash'));
    this.#putHandOver = connection.prepare(
      'INSERT OR REPLACE INTO hand_overs (code_hash, session_uid, expires_at, json) VALUES (?, ?, ?, ?)',
    );
    this.#trimHandOvers = connection.prepare(trim('hand_overs', limits.handOvers));
    this.#takeHandOver = connection.prepare(take('hand_overs', 'code_hash'));
    this.#expire = ['pending_sign_ins', 'hand_overs'].map((table) =>
      connection.prepare(`DELETE FROM ${table} WHERE expires_at <= ?`),
    );
  }

  putPending(pending: PendingSignIn): void {
    const { stateHash, browserHash, expiresAt } = pending;
    this.#connection.transaction(() => {
      this.#putPending.run(stateHash, browserHash, expiresAt, JSON.stringify(pending));
      this.#trimBrowser.run(browserHash);
      this.#trimPending.run();
    });
  }

  takePending(stateHash: string): PendingSignIn | null {
    return this.#valid<PendingSignIn>(this.#takePending.all(stateHash), 'a pending sign-in');
  }

  putHandOver(handOver: HandOver): void {
    const { codeHash, sessionUid, expiresAt } = handOver;
    this.#connection.transaction(() => {
      this.#putHandOver.run(codeHash, sessionUid, expiresAt, JSON.stringify(handOver));
      this.#trimHandOvers.run();
    });
  }

  takeHandOver(codeHash: string): HandOver | null {
    return this.#valid<HandOver>(this.#takeHandOver.all(codeHash), 'a hand-over');
  }

  deleteExpired(now: number): number {
    return this.#connection.transaction(() => this.#expire.reduce((sum, statement) => sum + statement.run(now), 0));
  }

  /** The rows of a statement run to its end: only then is a failure to commit it an error, and what is taken gone. */
  #valid<T>([row]: readonly TakenRow[], what: string): T | null {
    return row === undefined || row.expires_at <= this.#clock.now() ? null : readJson<T>(row.json, what);
  }
}

/** One statement, so that of two takers one gets it. */
function take(table: string, key: string): string {
  return `DELETE FROM ${table} WHERE ${key} = ? RETURNING expires_at, json`;
}

function trim(table: string, most: number): string {
  return `DELETE FROM ${table} WHERE seq <= (SELECT seq FROM ${table} ORDER BY seq DESC LIMIT 1 OFFSET ${most})`;
}
