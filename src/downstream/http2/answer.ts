import type { ServerHttp2Stream } from 'node:http2';
import type { HeaderList } from '../../base/header-list.ts';
import type { BodySink } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { grpcTrailersFor, grpcTrailersForRefusal } from '../../gateway/grpc/cut-off.ts';
import type { Settlement } from '../../gateway/kernel.ts';
import { type Refusal, type Response, refuse } from '../../gateway/outcome.ts';
import { isWebSocketHopField } from '../../wire/web-socket/handshake.ts';
import { problem } from '../problem.ts';
import { closeFrame } from '../web-socket/close-frame.ts';
import { FrameBorders } from '../web-socket/frame-borders.ts';
import { addHsts, bodyLength, NONE, OPEN, responseFields } from './response-fields.ts';
import type { ServedStream } from './served-stream.ts';
import { awaitTrailers } from './stream-events.ts';
import { responseTrailers } from './trailers.ts';

/** A lent chunk up to this size is copied, so that its sender need not wait and can end the stream with it. */
const COPIED = 4 * 1024;
/** How long a client gets to take the last bytes of an answer that we end. */
const LAST_READ = 1_000;

/** One answer on its way out. */
export class Answer implements BodySink {
  readonly #on: ServedStream;
  readonly #stream: ServerHttp2Stream;
  readonly #x: Exchange;
  readonly #settlement: Settlement;
  #response: Response;
  #length = NONE;
  #trailers: HeaderList | null = null;
  /** Where frames of a WebSocket end; `null` for other answers. */
  #borders: FrameBorders | null = null;
  /** The body was told to hold back. */
  #held = false;
  /** Everything was handed over to the stream. */
  #isComplete = false;
  /** Nothing of the body counts any more. */
  #isOver = false;
  #settled = false;
  readonly #wrote = (): void => this.#written();

  constructor(on: ServedStream, x: Exchange, response: Response, settlement: Settlement) {
    this.#on = on;
    this.#stream = on.stream;
    this.#x = x;
    this.#response = response;
    this.#settlement = settlement;
  }

  start(): void {
    const isTunnel = this.#response.status === 101 && this.#on.isTunnel;
    if (isTunnel) this.#borders = new FrameBorders();
    this.#length = isTunnel ? OPEN : bodyLength(this.#response, this.#x.request.method);
    if (isTunnel || this.#x.isOpenStream) this.#x.terminate = (refusal) => this.#terminate(refusal);
    if (!this.#sendHead()) return;
    this.#sendBody();
    if (this.#borders !== null) this.#on.body?.release();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    const { byteLength } = chunk;
    this.#x.bytesSent += byteLength;
    this.#on.owner.carried(byteLength);
    if (this.#length >= 0 && this.#x.bytesSent > this.#length) {
      this.fail(new Error('the body is longer than its head says'));
      return true;
    }
    if (this.#borders !== null) {
      this.#borders.follow(chunk);
      this.#on.awaitPiece(this.#on.owner.tunnelIdle);
    }
    this.#on.awaitReader(this.#on.owner.writeIdle);
    const isCopied = byteLength <= COPIED;
    const hasRoom = this.#stream.write(isCopied ? Buffer.from(chunk) : chunk, this.#wrote);
    this.#held = !(isCopied && hasRoom);
    return !this.#held;
  }

  end(trailers: HeaderList | null): void {
    if (this.#isOver) return;
    if (this.#length >= 0 && this.#x.bytesSent !== this.#length) {
      this.fail(new Error('the body is not as long as its head says'));
      return;
    }
    this.#finish(trailers);
  }

  /** What came so far must not look complete: the stream is reset, or ends with what gRPC has for it. */
  fail(error: Error): void {
    if (this.#isOver) return;
    this.#cutOff(error, grpcTrailersFor(this.#x, error));
  }

  /** The stream is gone. */
  closed(): void {
    this.#isOver = true;
    this.#settle(this.#isComplete && this.#stream.writableFinished);
  }

  #sendHead(): boolean {
    const endStream = this.#length === NONE || this.#response.body === null;
    const fields = this.#fields();
    if (fields === null) return this.#sendProblem();
    if (this.#on.owner.encrypted) addHsts(fields, this.#response, this.#x.request);
    // Whether trailers will come shows at the end, and only gRPC has any (R6).
    const waitForTrailers = !endStream && this.#x.grpc !== null;
    if (waitForTrailers) awaitTrailers(this.#stream);
    try {
      this.#stream.respond(fields, { endStream, waitForTrailers });
    } catch {
      return this.#sendProblem();
    }
    return true;
  }

  #fields(): string[] | null {
    const { status, headers } = this.#response;
    if (this.#borders === null) return responseFields(status, headers, this.#length);
    for (const [name] of [...headers]) if (isWebSocketHopField(name)) headers.delete(name);
    // RFC 8441 5: there is nothing to switch over HTTP/2.
    return responseFields(200, headers, this.#length);
  }

  /** An answer with a field that cannot be written is a mistake of whatever made it: refused like any other. */
  #sendProblem(): boolean {
    this.#response.body?.destroy();
    if (this.#stream.headersSent || this.#stream.closed) {
      this.#cutOff(new Error('the answer cannot be written'), null);
      return false;
    }
    this.#borders = null;
    this.#x.refusal = refuse('internal-error', 'the answer cannot be written');
    this.#response = this.#x.response = problem(this.#x.id, 'internal-error', 500);
    this.#length = bodyLength(this.#response, this.#x.request.method);
    return this.#sendHead();
  }

  #sendBody(): void {
    const { body } = this.#response;
    if (this.#length === NONE || body === null) {
      body?.destroy();
      this.#isComplete = true;
      this.#on.awaitReader(this.#on.owner.writeIdle);
      this.#on.answered();
      return;
    }
    body.pipe(this);
  }

  /** The client took something. */
  #written(): void {
    const isEmpty = this.#stream.writableLength === 0;
    if (!this.#isComplete) this.#on.awaitReader(isEmpty ? Number.POSITIVE_INFINITY : this.#on.owner.writeIdle);
    if (!isEmpty || !this.#held) return;
    this.#held = false;
    if (!this.#isOver) this.#response.body?.resume();
  }

  #finish(trailers: HeaderList | null): void {
    const { owner } = this.#on;
    this.#isComplete = true;
    this.#trailers = trailers;
    this.#stream.end();
    // The other half of a tunnel goes on, and its silence is watched.
    this.#on.awaitReader(this.#borders === null ? owner.writeIdle : Number.POSITIVE_INFINITY);
    if (this.#borders === null && this.#x.grpc === null) this.#on.answered();
  }

  sendTrailers(): void {
    try {
      this.#stream.sendTrailers(this.#trailers === null ? {} : responseTrailers(this.#trailers));
    } catch {
      this.#on.cutOff(new Error('the trailers cannot be sent'));
      return;
    }
    // The library sends them in the next turn.
    if (this.#on.body?.complete === false) setImmediate(() => this.#on.answered());
  }

  #cutOff(because: Error, trailers: HeaderList | null): void {
    this.#isOver = true;
    this.#response.body?.destroy();
    if (trailers !== null && this.#stream.headersSent && !this.#stream.closed) this.#finish(trailers);
    else this.#on.cutOff(because);
    this.#settle(false);
  }

  #terminate(refusal: Refusal): void {
    if (this.#isOver) return;
    if (this.#borders === null) this.#cutOff(new Error(refusal.reason), grpcTrailersForRefusal(this.#x, refusal));
    else this.#terminateTunnel(this.#borders, refusal);
  }

  #terminateTunnel(borders: FrameBorders, refusal: Refusal): void {
    const last = closeFrame(borders, refusal);
    this.#isOver = true;
    this.#response.body?.destroy();
    if (last === null) {
      this.#on.cutOff(new Error(refusal.reason));
    } else {
      this.#stream.end(last);
      this.#on.stopUpload();
      this.#on.awaitReader(LAST_READ);
    }
    this.#settle(false);
  }

  #settle(whole: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    if (!whole) this.#response.body?.destroy();
    this.#on.owner.over(this.#on);
    this.#settlement.settled(this.#x, whole);
  }
}
