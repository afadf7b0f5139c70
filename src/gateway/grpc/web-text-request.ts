import type { Body } from '../body.ts';
import { RequestBodyError } from '../body.ts';
import { PassingBody } from '../passing-body.ts';
import { Base64Decoder } from './base64.ts';

/** The body of a gRPC-Web call in its text form, as the bytes that it stands for. */
export class WebTextRequestBody extends PassingBody {
  override readonly length = null;
  readonly #decoder = new Base64Decoder();
  #failed = false;

  constructor(text: Body) {
    super(text);
  }

  override write(chunk: Uint8Array): boolean {
    if (this.#failed) return true;
    const bytes = this.#decoder.decode(chunk);
    if (bytes === null) return this.#malformed();
    return bytes.length === 0 || this.sink!.write(bytes);
  }

  override end(): void {
    if (this.#failed) return;
    if (this.#decoder.complete) this.sink!.end(null);
    else this.#malformed();
  }

  override fail(error: Error): void {
    if (!this.#failed) this.sink!.fail(error);
  }

  #malformed(): boolean {
    this.#failed = true;
    this.sink!.fail(new RequestBodyError('bad-body', 'the body is not base64'));
    this.behind.destroy();
    return true;
  }
}
