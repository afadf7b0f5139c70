import type { Body, BodySink } from '../body.ts';
import { RequestBodyError } from '../body.ts';
import { Base64Decoder } from './base64.ts';

/** The body of a gRPC-Web call in its text form, as the bytes that it stands for. */
export class WebTextRequestBody implements Body, BodySink {
  readonly length = null;
  readonly #text: Body;
  readonly #decoder = new Base64Decoder();
  #sink: BodySink | null = null;
  #failed = false;

  constructor(text: Body) {
    this.#text = text;
  }

  pipe(sink: BodySink): void {
    this.#sink = sink;
    this.#text.pipe(this);
  }

  resume(): void {
    this.#text.resume();
  }

  destroy(): void {
    this.#text.destroy();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#failed) return true;
    const bytes = this.#decoder.decode(chunk);
    if (bytes === null) return this.#malformed();
    return bytes.length === 0 || this.#sink!.write(bytes);
  }

  end(): void {
    if (this.#failed) return;
    if (this.#decoder.complete) this.#sink!.end(null);
    else this.#malformed();
  }

  fail(error: Error): void {
    if (!this.#failed) this.#sink!.fail(error);
  }

  #malformed(): boolean {
    this.#failed = true;
    this.#sink!.fail(new RequestBodyError('bad-body', 'the body is not base64'));
    this.#text.destroy();
    return true;
  }
}
