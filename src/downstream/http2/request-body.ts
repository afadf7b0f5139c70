import { constants, type ServerHttp2Stream } from 'node:http2';
import type { HeaderList } from '../../base/header-list.ts';
import { type Body, type BodySink, RequestBodyError } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { read } from './stream-events.ts';
import { requestTrailers } from './trailers.ts';

/** What a request body needs of the stream it comes on. */
export interface BodyHost {
  readonly stream: ServerHttp2Stream;
  readonly x: Exchange | null;
  /** Milliseconds between two pieces. */
  readonly bodyIdle: number;
  /** Sets when the next piece must have come; `Infinity`: none is awaited. */
  awaitPiece(within: number): void;
  bodyReceived(bytes: number): void;
}

const NO_ERROR = constants.NGHTTP2_NO_ERROR;

/** The body of a request. Nothing is read before somebody wants it, beyond the window of the stream. */
export class RequestBody implements Body {
  readonly length: number | null;
  readonly #host: BodyHost;
  /** The client waits for it before it sends the body (RFC 9110 10.1.1). */
  #owesContinue: boolean;
  /** A tunnel is read once its answer is out. */
  #held: boolean;
  #sink: BodySink | null = null;
  #failure: Error | null = null;
  #trailers: readonly string[] | null = null;
  #count = 0;
  /** The last bytes of the length, until the client says that there are no more: with more, it is malformed (R59). */
  #last: Buffer | null = null;
  /** The client has sent everything. */
  complete = false;

  constructor(host: BodyHost, length: number | null, owesContinue: boolean, held: boolean) {
    this.#host = host;
    this.length = length;
    this.#owesContinue = owesContinue;
    this.#held = held;
  }

  pipe(sink: BodySink): void {
    if (this.#failure !== null) {
      sink.fail(this.#failure);
      return;
    }
    this.#sink = sink;
    if (!this.#held) this.#read();
  }

  /** The answer that opens the tunnel is out. */
  release(): void {
    this.#held = false;
    if (this.#sink !== null) this.#read();
  }

  resume(): void {
    if (this.#sink === null) return;
    this.#await();
    this.#host.stream.resume();
  }

  /** Nobody wants the rest: the window of the stream stays shut until the answer ends the stream. */
  destroy(): void {
    const { stream } = this.#host;
    this.#sink = null;
    if (this.complete) return;
    this.#host.awaitPiece(Number.POSITIVE_INFINITY);
    // The library keeps a stream that was reset until it has been read.
    if (stream.closed) stream.resume();
    else stream.pause();
  }

  /** The rest will not come. */
  fail(error: Error): void {
    if (this.#failure !== null || this.complete) return;
    this.#failure = error;
    const sink = this.#sink;
    this.#sink = null;
    this.#host.awaitPiece(Number.POSITIVE_INFINITY);
    sink?.fail(error);
  }

  /** The stream is gone. */
  lost(): void {
    if (this.#failure === null && !this.complete)
      this.fail(new RequestBodyError('client-gone', 'the client went away'));
  }

  /** The client took too long over the next piece. */
  expired(): void {
    this.#host.stream.pause();
    this.fail(new RequestBodyError('body-too-slow', 'the request body stopped arriving'));
  }

  #read(): void {
    const { stream } = this.#host;
    if (this.#owesContinue && !stream.headersSent && !stream.closed) stream.additionalHeaders({ ':status': 100 });
    this.#owesContinue = false;
    this.#await();
    read(stream);
  }

  #await(): void {
    this.#host.awaitPiece(this.#host.bodyIdle);
  }

  received(chunk: Buffer): void {
    const host = this.#host;
    this.#count += chunk.byteLength;
    host.bodyReceived(chunk.byteLength);
    if (this.#sink === null) return;
    if (host.x !== null) host.x.bytesReceived += chunk.byteLength;
    this.#await();
    if (this.#count === this.length) this.#last = chunk;
    else this.#give(chunk, this.#sink);
  }

  #give(chunk: Buffer, sink: BodySink): void {
    const host = this.#host;
    if (sink.write(chunk)) return;
    // Held back by its reader, who has a time-out of his own.
    host.awaitPiece(Number.POSITIVE_INFINITY);
    host.stream.pause();
  }

  /** The library gives an end to streams that were reset, too: what came so far must not look complete. */
  ended(): void {
    if (this.complete || this.#failure !== null) return;
    const { closed, rstCode } = this.#host.stream;
    if (closed && (rstCode !== NO_ERROR || this.#count !== this.length)) {
      this.fail(new RequestBodyError('client-gone', 'the client went away'));
      return;
    }
    this.complete = true;
    this.#host.awaitPiece(Number.POSITIVE_INFINITY);
    const sink = this.#sink;
    this.#sink = null;
    if (this.#last !== null) sink?.write(this.#last);
    sink?.end(this.#passedTrailers());
  }

  keepTrailers(raw: readonly string[]): void {
    this.#trailers = raw;
  }

  /** R6: a caller who speaks no gRPC has no trailers. */
  #passedTrailers(): HeaderList | null {
    const { x } = this.#host;
    if (this.#trailers === null || x?.grpc == null) return null;
    return requestTrailers(this.#trailers, x.snapshot.identityFields);
  }
}
