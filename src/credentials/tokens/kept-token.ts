import type { Awaitable } from '../../base/awaitable.ts';
import type { Clock } from '../../base/clock.ts';
import type { SecretValue } from '../../base/secret-value.ts';
import { failed, type TokenAnswer, type TokenFailure } from './token-answer.ts';

/** Must not reject. */
export type AskForToken = () => Promise<TokenAnswer>;

/** Milliseconds of the monotonic clock. */
interface Token {
  readonly kind: 'token';
  readonly value: SecretValue;
  readonly renewAt: number;
  readonly usableUntil: number;
}

/** A token is not used for the last tenth of its life, at most these milliseconds: it has to arrive, too. */
const MARGIN_MS = 10_000;
/** A new one is fetched for the last quarter of its life, at most these milliseconds, while the old one still serves. */
const AHEAD_MS = 120_000;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A token that the upstream refuses is replaced once; only after this time the next one may be. */
const DROPS_APART_MS = 60_000;

/** One token that requests share: asked for by one of them, renewed before it ends, given up on for a while after failures. */
export class KeptToken {
  readonly #clock: Clock;
  #token: Token | null = null;
  #flight: Promise<Token | TokenFailure> | null = null;
  #failure: TokenFailure = failed('nobody has asked yet');
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #droppedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(ask: AskForToken): Awaitable<SecretValue | TokenFailure> {
    const now = this.#clock.monotonic();
    const token = this.#token;
    const mayAsk = now >= this.#notBefore;
    if (token !== null && now < token.usableUntil) {
      if (now >= token.renewAt && mayAsk) void this.#renewed(ask);
      return token.value;
    }
    if (this.#flight === null && !mayAsk) return this.#failure;
    return this.#renewed(ask).then((got) => (got.kind === 'token' ? got.value : got));
  }

  /** The upstream refused `value`: whoever comes next gets another one, unless that was tried a moment ago. */
  refused(value: SecretValue): void {
    const now = this.#clock.monotonic();
    if (this.#token?.value !== value || now - this.#droppedAt < DROPS_APART_MS) return;
    this.#token = null;
    this.#droppedAt = now;
  }

  #renewed(ask: AskForToken): Promise<Token | TokenFailure> {
    this.#flight ??= this.#ask(ask).finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #ask(ask: AskForToken): Promise<Token | TokenFailure> {
    // Its life began when the server made it, which was after this.
    const askedAt = this.#clock.monotonic();
    const answer = await ask();
    if (answer.kind === 'failed') return this.#failed(answer);
    const { value, lifetimeMs } = answer;
    const usableUntil = askedAt + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 10);
    if (this.#clock.monotonic() >= usableUntil) return this.#failed(failed('the token had ended when it came'));
    const renewAt = askedAt + lifetimeMs - Math.min(AHEAD_MS, lifetimeMs / 4);
    this.#failures = 0;
    this.#token = { kind: 'token', value, renewAt, usableUntil };
    return this.#token;
  }

  #failed(failure: TokenFailure): TokenFailure {
    const pause = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** this.#failures);
    this.#failures++;
    this.#failure = failure;
    this.#notBefore = this.#clock.monotonic() + pause;
    return failure;
  }
}
