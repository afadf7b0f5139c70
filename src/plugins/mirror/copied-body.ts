import type { HeaderList } from '../../base/header-list.ts';
import type { Body } from '../../gateway/body.ts';
import { PassingBody } from '../../gateway/passing-body.ts';

/** A body that passes as it comes, and is copied on the way; a copy that grows too large is given up. */
export class CopiedBody extends PassingBody {
  override readonly length: number | null;
  readonly #most: number;
  #done: ((bytes: Buffer | null) => void) | null;
  #chunks: Buffer[] = [];
  #size = 0;

  /** @param done told once: the whole body, or `null` when there is not going to be a copy */
  constructor(body: Body, most: number, done: (bytes: Buffer | null) => void) {
    super(body);
    this.length = body.length;
    this.#most = most;
    this.#done = done;
  }

  /** Nothing more is copied; what was begun is given up. */
  leave(): void {
    this.#finish(null);
  }

  override destroy(): void {
    this.leave();
    this.behind.destroy();
  }

  override write(chunk: Uint8Array): boolean {
    if (this.#done !== null) this.#keep(chunk);
    return this.sink!.write(chunk);
  }

  override end(trailers: HeaderList | null): void {
    this.sink!.end(trailers);
    this.#finish(Buffer.concat(this.#chunks));
  }

  override fail(error: Error): void {
    this.leave();
    this.sink!.fail(error);
  }

  #keep(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size > this.#most) this.leave();
    else this.#chunks.push(Buffer.from(chunk));
  }

  #finish(bytes: Buffer | null): void {
    const done = this.#done;
    this.#done = null;
    this.#chunks = [];
    done?.(bytes);
  }
}
