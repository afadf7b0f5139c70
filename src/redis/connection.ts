import type { Clock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { SecretValue } from '../base/secret-value.ts';
import { type Client, openClient } from './client.ts';
import { Deadlines } from './deadlines.ts';
import type { RedisHealth } from './health.ts';
import { isNoScript, type Script } from './script.ts';

/** Nobody waits for a connection that is made again. */
const CONNECT_MS = 2_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface ConnectionParts {
  readonly url: SecretValue;
  /** Milliseconds that an answer is waited for. */
  readonly timeout: number;
  readonly health: RedisHealth;
  readonly clock: Clock;
}

/**
 * One connection, made when it is first needed. Once it was lost it is made again beside the requests, which are told at
 * once that nobody can be asked. A server that does not answer in time has lost it too: no reply can come to whoever did
 * not ask for it.
 */
export class RedisConnection {
  readonly #parts: ConnectionParts;
  readonly #deadlines: Deadlines;
  #client: Client | null = null;
  /** The first one, which requests wait for. */
  #opening: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #pauses = 0;
  #isClosed = false;
  /** What this connection has run, so the server knows it. */
  #known = new Set<Script>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { timeout, clock } = parts;
    this.#deadlines = new Deadlines(timeout, clock, () => this.#lost(`no answer within ${timeout} ms`));
  }

  /** @throws AppError `unavailable` when there is no answer in time. */
  async send(args: readonly (string | Buffer)[], asBytes = false): Promise<unknown> {
    const { health } = this.#parts;
    try {
      const reply = await this.#ask(args, asBytes);
      health.works();
      return reply;
    } catch (thrown) {
      if (isNoScript(thrown)) throw thrown;
      health.failures++;
      health.fails(problemOf(thrown));
      throw new AppError('unavailable', 'Redis cannot be asked', { cause: thrown, detail: problemOf(thrown) });
    }
  }

  /** In one round trip; a second one only when the server has forgotten a script that it knew. */
  async run(script: Script, keys: readonly string[], args: readonly (string | Buffer)[], asBytes = false) {
    const rest = [String(keys.length), ...keys, ...args];
    if (!this.#known.has(script)) return this.#teach(script, rest, asBytes);
    try {
      return await this.send(['EVALSHA', script.sha, ...rest], asBytes);
    } catch (thrown) {
      if (!isNoScript(thrown)) throw thrown;
      return this.#teach(script, rest, asBytes);
    }
  }

  /** What waits is told that nobody can be asked. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#client?.destroy();
    this.#client = null;
    this.#deadlines.close();
  }

  #teach(script: Script, rest: readonly (string | Buffer)[], asBytes: boolean): Promise<unknown> {
    this.#known.add(script);
    return this.send(['EVAL', script.source, ...rest], asBytes);
  }

  #ask(args: readonly (string | Buffer)[], asBytes: boolean): Promise<unknown> {
    const client = this.#client;
    if (client === null && (this.#isClosed || this.#timer !== null)) return Promise.reject(NOT_CONNECTED);
    const waiting = this.#deadlines.add();
    const sent = client === null ? this.#first().then(() => this.#sendNow(args, asBytes)) : client.send(args, asBytes);
    sent.then(waiting.resolve, waiting.reject);
    return waiting.promise;
  }

  #sendNow(args: readonly (string | Buffer)[], asBytes: boolean): Promise<unknown> {
    return this.#client === null ? Promise.reject(NOT_CONNECTED) : this.#client.send(args, asBytes);
  }

  #first(): Promise<void> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** Never rejects: it is tried again. */
  async #open(): Promise<void> {
    const { url, health } = this.#parts;
    let mine: Client | null = null;
    try {
      mine = await openClient(url, CONNECT_MS, (why) => mine !== null && mine === this.#client && this.#lost(why));
      if (this.#isClosed) return mine.destroy();
      this.#client = mine;
      this.#timer = null;
      this.#pauses = 0;
      health.works();
    } catch (thrown) {
      health.fails(problemOf(thrown));
      this.#known = new Set();
      this.#again();
    }
  }

  #lost(why: string): void {
    const client = this.#client;
    if (client === null) return;
    this.#client = null;
    this.#known = new Set();
    this.#parts.health.fails(why);
    this.#again();
    client.destroy();
  }

  /** As long as there is a timer, nobody waits for a connection. */
  #again(): void {
    if (this.#isClosed) return;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses++);
    this.#timer = setTimeout(() => void this.#open(), pause * (0.5 + Math.random() / 2)).unref();
  }
}

const NOT_CONNECTED = new Error('there is no connection at the moment');

/** An attempt at several addresses has no message of its own. */
function problemOf(thrown: unknown): string {
  return thrown instanceof AggregateError ? messageOf(thrown.errors[0]) : messageOf(thrown);
}
