import { type Body, type BodySink, RequestBodyError } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { ChunkedDecoder } from '../../wire/http1/chunked-decoder.ts';

/** What a body needs of the connection that it arrives on. */
export interface BodySource {
  /** Somebody reads now, or goes on reading. */
  wanted(): void;
  /** The client waits for a 100 before it sends. */
  sayContinue(): void;
}

/**
 * The body of a request, or what the client sends in a tunnel. Pulled along by its connection, which hands in bytes
 * as long as `isWanted`.
 */
export class RequestBody implements Body {
  readonly length: number | null;
  /** Whose `bytesReceived` counts. */
  exchange: Exchange | null = null;
  /** All of it was read; a tunnel is never complete before the client says so. */
  isComplete = false;
  failure: RequestBodyError | null = null;
  readonly #source: BodySource;
  readonly #decoder: ChunkedDecoder | null;
  #left: number;
  #expectsContinue: boolean;
  #sink: BodySink | null = null;
  #held = false;
  #isDropped = false;

  /** @param length bytes, `null` for a chunked body; `Infinity` for a tunnel */
  constructor(length: number | null, source: BodySource, expectsContinue: boolean) {
    this.length = length === Number.POSITIVE_INFINITY ? null : length;
    this.#left = length ?? 0;
    this.#decoder = length === null ? new ChunkedDecoder() : null;
    this.#source = source;
    this.#expectsContinue = expectsContinue;
  }

  pipe(sink: BodySink): void {
    if (this.failure !== null) {
      sink.fail(this.failure);
      return;
    }
    this.#sink = sink;
    if (this.#expectsContinue) this.#source.sayContinue();
    this.#expectsContinue = false;
    this.#source.wanted();
  }

  resume(): void {
    this.#held = false;
    this.#source.wanted();
  }

  /** Nobody wants the rest. What becomes of it is decided when the answer is out. */
  destroy(): void {
    this.#sink = null;
  }

  /** Whether bytes can be handed in: somebody reads and does not hold back, or the rest is dropped. */
  get isWanted(): boolean {
    return (this.#sink !== null && !this.#held) || this.#isDropped;
  }

  /** Whether the rest is certainly at most `most` bytes and comes unasked, so that the connection can outlive it. */
  restIsAtMost(most: number): boolean {
    return !this.#expectsContinue && this.failure === null && this.length !== null && this.#left <= most;
  }

  /** The rest is read for the sake of what comes behind it. */
  dropRest(): void {
    this.#isDropped = true;
    this.exchange = null;
  }

  /** Reads `bytes[from, to)` as far as its reader goes along. Gives the index behind what was read. */
  take(bytes: Buffer, from: number, to: number): number {
    return this.#decoder === null ? this.#takeFixed(bytes, from, to) : this.#takeChunks(bytes, from, to, this.#decoder);
  }

  #takeFixed(bytes: Buffer, from: number, to: number): number {
    const end = to - from > this.#left ? from + this.#left : to;
    this.#left -= end - from;
    this.#give(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
    if (this.#left === 0) this.end();
    return end;
  }

  #takeChunks(bytes: Buffer, from: number, to: number, decoder: ChunkedDecoder): number {
    let at = from;
    while (this.isWanted) {
      const step = decoder.advance(bytes, at, to);
      at = decoder.at;
      if (step === 'data') this.#give(bytes.subarray(decoder.dataBegin, at));
      else if (step === 'end') this.end();
      else if (step === 'malformed') this.fail(new RequestBodyError('bad-request', 'malformed chunks'));
      if (step !== 'data') return at;
    }
    return at;
  }

  #give(chunk: Buffer): void {
    if (this.exchange !== null) this.exchange.bytesReceived += chunk.length;
    if (this.#sink !== null && !this.#sink.write(chunk)) this.#held = true;
  }

  /** Trailers are dropped: nobody may rely on what stands in them (R6). */
  end(): void {
    this.isComplete = true;
    const sink = this.#sink;
    this.#sink = null;
    sink?.end(null);
  }

  /** The rest will not come or cannot be read. */
  fail(error: RequestBodyError): void {
    if (this.failure !== null || this.isComplete) return;
    this.failure = error;
    const sink = this.#sink;
    this.#sink = null;
    sink?.fail(error);
  }
}
