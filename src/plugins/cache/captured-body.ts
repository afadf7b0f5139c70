import type { HeaderList } from '../../base/header-list.ts';
import type { Body } from '../../gateway/body.ts';
import { PassingBody } from '../../gateway/passing-body.ts';
import type { ResponseStore } from './store.ts';

/** A body that is passed on as it comes, and copied; a copy that grows too large is given up, and the body goes on. */
export class CapturedBody extends PassingBody {
  override readonly length: number | null;
  readonly #most: number;
  readonly #store: ResponseStore;
  readonly #done: (bytes: Buffer | null) => void;
  #chunks: Buffer[] = [];
  #size = 0;
  #isDone = false;

  /** @param done told once: the whole body, or `null` when it is not going to be whole */
  constructor(body: Body, most: number, store: ResponseStore, done: (bytes: Buffer | null) => void) {
    super(body);
    this.length = body.length;
    this.#most = most;
    this.#store = store;
    this.#done = done;
  }

  override destroy(): void {
    this.#finish(false);
    this.behind.destroy();
  }

  override write(chunk: Uint8Array): boolean {
    if (!this.#isDone) this.#keep(chunk);
    return this.sink!.write(chunk);
  }

  /** What trailers say belongs to one answer alone. */
  override end(trailers: HeaderList | null): void {
    this.#finish(trailers === null && (this.length === null || this.length === this.#size));
    this.sink!.end(trailers);
  }

  override fail(error: Error): void {
    this.#finish(false);
    this.sink!.fail(error);
  }

  #keep(chunk: Uint8Array): void {
    const { byteLength } = chunk;
    if (this.#size + byteLength > this.#most || !this.#store.take(byteLength)) {
      this.#finish(false);
      return;
    }
    this.#size += byteLength;
    this.#chunks.push(Buffer.from(chunk));
  }

  #finish(isWhole: boolean): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#store.giveBack(this.#size);
    this.#done(isWhole ? joined(this.#chunks, this.#size) : null);
    this.#chunks = [];
  }
}

/** In memory of its own: a piece of a pool would keep the whole pool. */
function joined(chunks: readonly Buffer[], size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(bytes, at);
  return bytes;
}

export function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
