import { newHandle } from '../../base/ids.ts';
import { Lru } from '../../base/lru.ts';
import type { SecretValue } from '../../base/secret-value.ts';
import type { Found, SharedAnswers, SharedPlace } from '../../plugins/cache/shared-answers.ts';
import type { RedisConnection } from '../connection.ts';
import { defineScript } from '../script.ts';
import { AnswerSeal } from './seal.ts';

/** Longer than any upstream is waited for whose answer is kept. */
const CHANGE_MS = 15 * 60_000;
/** Changes that Redis could not be told of; the oldest are forgotten beyond that. */
const MOST_UNTOLD = 10_000;
const TELL_AGAIN_MS = 1_000;

const NOT_KNOWN: Found = { bytes: null, state: null };
/** Of a target of which nothing is known: no state that was made has this text. */
const NO_STATE = '';

/**
 * Keeps it if the target is in the state ARGV[1], which is ARGV[2] afterwards. A state lives as long as whatever is kept
 * by it: nothing comes back when it is forgotten.
 */
const KEEP = defineScript(`if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
local ms = math.max(tonumber(ARGV[4]), redis.call('PTTL', KEYS[2]), ${CHANGE_MS})
redis.call('SET', KEYS[2], ARGV[2], 'PX', ms)
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return 1`);

/** Answers in Redis: sealed, by names that tell nothing, and good for one state of what they are about. */
export class RedisAnswers implements SharedAnswers {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #seal: AnswerSeal;
  /** Targets that were changed while Redis could not be told: nothing is looked up there until it is. */
  readonly #untold = new Lru<string, true>(MOST_UNTOLD);
  #timer: NodeJS.Timeout | null = null;

  /** @param prefix of all keys */
  constructor(connection: RedisConnection, key: SecretValue, prefix: string) {
    this.#connection = connection;
    this.#prefix = prefix;
    this.#seal = new AnswerSeal(key);
  }

  async find(key: string, target: string): Promise<Found> {
    const [name, stateName] = [this.#nameOf('answer', key), this.#nameOf('target', target)];
    if (this.#untold.get(stateName) === true) return NOT_KNOWN;
    try {
      const reply = await this.#connection.send(['MGET', name, stateName], true);
      const [sealed, state] = reply as [Buffer | null, Buffer | null];
      if (state === null) return { bytes: null, state: NO_STATE };
      const text = state.toString('latin1');
      return { bytes: sealed === null ? null : this.#seal.open(placeOf(name, text), sealed), state: text };
    } catch {
      return NOT_KNOWN;
    }
  }

  put({ key, target }: SharedPlace, before: string, bytes: Buffer, ms: number): string {
    const [name, stateName] = [this.#nameOf('answer', key), this.#nameOf('target', target)];
    const state = before === NO_STATE ? newHandle() : before;
    const sealed = this.#seal.seal(placeOf(name, state), bytes);
    const args = [before, state, sealed, String(Math.ceil(ms))];
    this.#connection.run(KEEP, [name, stateName], args).catch(() => {});
    return state;
  }

  forget(key: string): void {
    this.#connection.send(['UNLINK', this.#nameOf('answer', key)]).catch(() => {});
  }

  async changed(target: string): Promise<void> {
    await this.#tell(this.#nameOf('target', target));
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  async #tell(stateName: string): Promise<void> {
    try {
      await this.#connection.send(['SET', stateName, newHandle(), 'PX', String(CHANGE_MS)]);
      this.#untold.delete(stateName);
    } catch {
      this.#untold.set(stateName, true);
      this.#timer ??= setInterval(() => void this.#tellAgain(), TELL_AGAIN_MS).unref();
    }
  }

  async #tellAgain(): Promise<void> {
    await Promise.all([...this.#untold.entries()].map(([stateName]) => this.#tell(stateName)));
    if (this.#untold.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #nameOf(kind: 'answer' | 'target', text: string): string {
    return `${this.#prefix}${kind}:${this.#seal.nameOf(text)}`;
  }
}

function placeOf(name: string, state: string): string {
  return `${name}\n${state}`;
}
