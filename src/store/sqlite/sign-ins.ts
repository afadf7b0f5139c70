import type { HandOver, SignInStore } from '../../../identity/ports.ts';
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
  readonly #put: Statement<never>;
  readonly #trim: Statement<never>;
  readonly #take: Statement<TakenRow>;
  readonly #expire: Statement<never>;

  constructor(connection: Connection, clock: Clock, { handOvers }: SignInLimits) {
    this.#connection = connection;
    this.#clock = clock;
    this.#put = connection.prepare(
      'INSERT OR REPLACE INTO hand_overs (code_hash, session_uid, expires_at, json) VALUES (?, ?, ?, ?)',
    );
    this.#trim = connection.prepare(
      `DELETE FROM hand_overs WHERE seq <= (SELECT seq FROM hand_overs ORDER BY seq DESC LIMIT 1 OFFSET ${handOvers})`,
    );
    // One statement, so that of two takers one gets it.
    this.#take = connection.prepare('DELETE FROM hand_overs WHERE code_hash = ? RETURNING expires_at, json');
    this.#expire = connection.prepare('DELETE FROM hand_overs WHERE expires_at <= ?');
  }

  putHandOver(handOver: HandOver): void {
    const { codeHash, sessionUid, expiresAt } = handOver;
    this.#connection.transaction(() => {
      this.#put.run(codeHash, sessionUid, expiresAt, JSON.stringify(handOver));
      this.#trim.run();
    });
  }

  /** The rows of a statement run to its end: only then is a failure to commit it an error, and what is taken gone. */
  takeHandOver(codeHash: string): HandOver | null {
    const [row] = this.#take.all(codeHash);
    const isGood = row !== undefined && this.#clock.now() < row.expires_at;
    return isGood ? readJson<HandOver>(row.json, 'a hand-over') : null;
  }

  deleteExpired(now: number): number {
    return this.#expire.run(now);
  }
}
