import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { Lru } from '../../base/lru.ts';
import { KeptToken } from './kept-token.ts';
import { failed, readTokenAnswer, type TokenAnswer } from './token-answer.ts';
import type { PostForm, TokenRequest } from './token-endpoint.ts';

/** One for each set of settings, and for each session where tokens are exchanged. */
const MOST_KEPT = 10_000;
/** Under way in one process: a crowd that signs in must not become a flood at the token endpoint. */
const MOST_AT_ONCE = 200;

/** The tokens of one process, shared by the configs that ask for the same. They outlive changes of configuration. */
export class TokenStore {
  readonly #post: PostForm;
  readonly #clock: Clock;
  readonly #kept = new Lru<string, KeptToken>(MOST_KEPT);
  #underWay = 0;

  constructor(post: PostForm, clock: Clock) {
    this.#post = post;
    this.#clock = clock;
  }

  /** @param key all that decides which token it is, versions of Secrets among it */
  of(key: string): KeptToken {
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const kept = new KeptToken(this.#clock);
    this.#kept.set(key, kept);
    return kept;
  }

  /** Never rejects. */
  async ask(request: TokenRequest): Promise<TokenAnswer> {
    if (this.#underWay >= MOST_AT_ONCE) return failed('too many tokens are being asked for');
    this.#underWay++;
    try {
      const answer = readTokenAnswer(await this.#post(request));
      return answer.kind === 'token' ? answer : failed(`the token endpoint: ${answer.because}`);
    } catch (thrown) {
      return failed(`the token endpoint: ${messageOf(thrown)}`);
    } finally {
      this.#underWay--;
    }
  }
}
