import type { Clock } from '../../../src/base/clock.ts';
import { AppError, messageOf } from '../../../src/base/errors.ts';

/** Milliseconds. */
const REST = 10_000;

/** After a failure the other side is left alone for a while: strangers cannot make us ask it again and again. */
export class RestAfterFailure {
  readonly #clock: Clock;
  #failure: { readonly at: number; readonly message: string } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws AppError `unavailable` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { message, at } = this.#failure ?? { message: '', at: Number.NEGATIVE_INFINITY };
    if (this.#clock.monotonic() - at < REST) throw new AppError('unavailable', message);
    try {
      return await work();
    } catch (cause) {
      const failure = { at: this.#clock.monotonic(), message: messageOf(cause) };
      this.#failure = failure;
      throw new AppError('unavailable', failure.message, { cause });
    }
  }
}
