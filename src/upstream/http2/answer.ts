import type { ClientHttp2Stream } from 'node:http2';
import type { HeaderList } from '../../base/header-list.ts';
import type { Body, BodySink } from '../../gateway/body.ts';
import type { GrpcCall } from '../../gateway/exchange.ts';
import { grpcTrailers } from '../../gateway/grpc/from-upstream.ts';
import { passedTrailers } from './answer-head.ts';
import { read } from './stream-events.ts';

/** Told how the reading of an answer goes. */
export interface AnswerOwner {
  /** Something came, or the reader pauses or goes on. */
  answerMoved(): void;
  /** The answer was read to its end; or nobody wants the rest of it. */
  answerOver(whole: boolean): void;
}

/** The body of an answer. What comes before anybody reads it is kept by Node, up to the stream's window. */
export class Answer implements Body {
  readonly length: number | null;
  /** Its reader takes no more at the moment, or has not begun. */
  paused = true;
  /** END_STREAM came, so what is here is all of it. */
  isComplete = false;
  readonly #stream: ClientHttp2Stream;
  readonly #grpc: GrpcCall | null;
  readonly #owner: AnswerOwner;
  #sink: BodySink | null = null;
  #trailers: HeaderList | null = null;
  #failure: Error | null = null;
  /** What the reader had not taken when the stream was gone. */
  #left: Uint8Array[] | null = null;

  constructor(stream: ClientHttp2Stream, length: number | null, grpc: GrpcCall | null, owner: AnswerOwner) {
    this.#stream = stream;
    this.length = length;
    this.#grpc = grpc;
    this.#owner = owner;
  }

  /** There is no body, so nobody will read it. */
  skip(): void {
    if (this.isComplete) {
      this.#owner.answerOver(true);
      return;
    }
    this.paused = false;
    this.#owner.answerMoved();
    this.#stream.resume();
  }

  pipe(sink: BodySink): void {
    if (this.#failure !== null) {
      sink.fail(this.#failure);
      return;
    }
    this.#sink = sink;
    this.paused = false;
    this.#owner.answerMoved();
    if (this.#left === null) read(this.#stream);
    else this.#passWhatIsLeft();
  }

  resume(): void {
    if (!this.paused || this.#sink === null) return;
    this.paused = false;
    this.#owner.answerMoved();
    if (this.#left === null) this.#stream.resume();
    else this.#passWhatIsLeft();
  }

  destroy(): void {
    this.#sink = null;
    this.#left = null;
    this.#owner.answerOver(false);
  }

  onData(chunk: Uint8Array): void {
    if (this.#sink === null || this.#left !== null) return;
    if (!this.#sink.write(chunk)) {
      this.paused = true;
      this.#stream.pause();
    }
    this.#owner.answerMoved();
  }

  onTrailers(raw: readonly string[]): void {
    if (this.#grpc !== null) this.#trailers = passedTrailers(raw);
  }

  onEndStream(): void {
    this.isComplete = true;
  }

  /** All that came was read; without END_STREAM that is not all of the answer, and the end of the stream follows. */
  onEnd(): void {
    if (this.isComplete && this.#left === null) this.#end();
  }

  /** The stream is gone, perhaps with its connection, and a slow reader has not taken all of a complete answer. */
  keepWhatIsLeft(): void {
    this.#left = [];
    for (let chunk = this.#stream.read(); chunk !== null; chunk = this.#stream.read()) this.#left.push(chunk);
    if (!this.paused) this.#passWhatIsLeft();
  }

  cutOff(error: Error): void {
    this.#failure = error;
    this.#sink?.fail(error);
  }

  #passWhatIsLeft(): void {
    const left = this.#left!;
    while (left.length > 0) {
      if (this.#sink!.write(left.shift()!)) continue;
      this.paused = true;
      this.#owner.answerMoved();
      return;
    }
    this.#end();
  }

  #end(): void {
    const trailers = this.#grpc === null ? null : grpcTrailers(this.#grpc, this.#trailers);
    this.#sink?.end(trailers);
    this.#owner.answerOver(true);
  }
}
