import type { HeaderList } from '../base/header-list.ts';
import { type Body, type BodySink, RequestBodyError } from './body.ts';

/** A request body of unknown length that is cut off where it becomes too large. */
export class LimitedBody implements Body, BodySink {
  readonly length = null;
  readonly #body: Body;
  #left: number;
  #sink: BodySink | null = null;
  #isOver = false;

  /** @param limit bytes */
  constructor(body: Body, limit: number) {
    this.#body = body;
    this.#left = limit;
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    this.#body.pipe(this);
  }

  resume(): void {
    this.#body.resume();
  }

  destroy(): void {
    this.#body.destroy();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    this.#left -= chunk.byteLength;
    return this.#left < 0 ? this.#cutOff() : this.#sink!.write(chunk);
  }

  end(trailers: HeaderList | null): void {
    if (!this.#isOver) this.#sink!.end(trailers);
  }

  fail(error: Error): void {
    if (!this.#isOver) this.#sink!.fail(error);
  }

  #cutOff(): boolean {
    this.#isOver = true;
    this.#sink!.fail(new RequestBodyError('body-too-large', 'it is larger than is allowed'));
    this.#body.destroy();
    return true;
  }
}
