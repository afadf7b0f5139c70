import { Readable } from 'node:stream';
import type { Body } from '../gateway/body.ts';

/** A body of the kernel as the stream that undici sends. */
export class OutgoingBody extends Readable {
  readonly #body: Body;
  readonly #cutOff: (error: Error) => void;
  #begun = false;
  #over = false;

  /** `cutOff` is told when the body will not be complete; the request must then never look complete (R9). */
  constructor(body: Body, cutOff: (error: Error) => void) {
    super({ highWaterMark: 64 * 1024 });
    this.#body = body;
    this.#cutOff = cutOff;
    // undici listens only as long as it sends, and destroys the stream with an error when the upstream fails.
    this.on('error', () => {});
  }

  override _read(): void {
    if (this.#begun) this.#body.resume();
    else this.#begin();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#over) this.#body.destroy();
    this.#over = true;
    callback(error);
  }

  #begin(): void {
    this.#begun = true;
    this.#body.pipe({
      write: (chunk) => this.push(chunk),
      end: () => {
        this.#over = true;
        this.push(null);
      },
      fail: (error) => {
        this.#over = true;
        this.#cutOff(error);
        this.destroy(error);
      },
    });
  }
}
