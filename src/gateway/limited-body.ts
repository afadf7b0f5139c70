import type { HeaderList } from '../base/header-list.ts';
import { type Body, RequestBodyError } from './body.ts';
import { PassingBody } from './passing-body.ts';

/** A request body of unknown length that is cut off where it becomes too large. */
export class LimitedBody extends PassingBody {
  override readonly length = null;
  #left: number;
  #isOver = false;

  /** @param limit bytes */
  constructor(body: Body, limit: number) {
    super(body);
    this.#left = limit;
  }

  override write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    this.#left -= chunk.byteLength;
    return this.#left < 0 ? this.#cutOff() : this.sink!.write(chunk);
  }

  override end(trailers: HeaderList | null): void {
    if (!this.#isOver) this.sink!.end(trailers);
  }

  override fail(error: Error): void {
    if (!this.#isOver) this.sink!.fail(error);
  }

  #cutOff(): boolean {
    this.#isOver = true;
    this.sink!.fail(new RequestBodyError('body-too-large', 'it is larger than is allowed'));
    this.behind.destroy();
    return true;
  }
}
