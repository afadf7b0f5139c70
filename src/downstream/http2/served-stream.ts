import { constants, type ServerHttp2Stream } from 'node:http2';
import type { HeaderList } from '../../base/header-list.ts';
import { NOT_ROSTERED, type Rostered } from '../../base/roster.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { ResponseWriter, Settlement } from '../../gateway/kernel.ts';
import type { Response } from '../../gateway/outcome.ts';
import { Answer } from './answer.ts';
import { RequestBody } from './request-body.ts';
import type { Http2Head } from './request-head.ts';
import { listen, listenForTrailers, type StreamListener } from './stream-events.ts';
import { fieldObject } from './trailers.ts';

/** What a stream tells the connection it belongs to. */
export interface StreamOwner {
  readonly encrypted: boolean;
  readonly bodyIdle: number;
  readonly writeIdle: number;
  readonly tunnelIdle: number;
  /** Something is to happen on this stream by then; monotonic milliseconds. */
  lookBy(deadline: number): void;
  /** Bytes of bodies, in both directions. */
  carried(bytes: number): void;
  /** The exchange is over; the stream may be gone long since. */
  over(stream: ServedStream): void;
  /** The stream was reset, by the client or because of it. */
  wasReset(): void;
}

/** One request on its stream: the kernel's writer, and what ends both when the client goes away. */
export class ServedStream implements ResponseWriter, StreamListener, Rostered {
  rosterSlot = NOT_ROSTERED;
  readonly stream: ServerHttp2Stream;
  readonly owner: StreamOwner;
  readonly body: RequestBody | null;
  readonly isTunnel: boolean;
  x: Exchange | null = null;
  /** When the next piece of the request body must have come. */
  #readBy = Number.POSITIVE_INFINITY;
  /** When the client must have taken what waits for it. */
  #writeBy = Number.POSITIVE_INFINITY;
  #answer: Answer | null = null;
  #isGone = false;
  #endedByUs = false;

  constructor(stream: ServerHttp2Stream, owner: StreamOwner, head: Http2Head, endsWithHead: boolean) {
    this.stream = stream;
    this.owner = owner;
    this.isTunnel = head.upgrade !== null;
    this.body = endsWithHead ? null : new RequestBody(this, head.contentLength, head.expectsContinue, this.isTunnel);
    listen(stream, this);
    if (this.body !== null) listenForTrailers(stream);
  }

  /** Called once, before the kernel gets the exchange. */
  begin(x: Exchange): void {
    this.x = x;
    x.sendInterim = (status, headers) => this.#sendInterim(status, headers);
  }

  send(x: Exchange, response: Response, settlement: Settlement): void {
    if (this.#isGone || this.stream.closed) {
      response.body?.destroy();
      this.stream.destroy();
      this.owner.over(this);
      settlement.settled(x, false);
      return;
    }
    this.#answer = new Answer(this, x, response, settlement);
    this.#answer.start();
  }

  get bodyIdle(): number {
    return this.owner.bodyIdle;
  }

  /** In a tunnel, bytes of either direction count, and it may never be silent for ever. */
  awaitPiece(within: number): void {
    this.#readBy = deadlineIn(this.isTunnel ? this.owner.tunnelIdle : within);
    this.owner.lookBy(this.#readBy);
  }

  /** @param within milliseconds; `Infinity`: nothing waits for the client */
  awaitReader(within: number): void {
    this.#writeBy = deadlineIn(within);
    this.owner.lookBy(this.#writeBy);
  }

  bodyReceived(bytes: number): void {
    this.owner.carried(bytes);
  }

  /**
   * Ends the stream with RST_STREAM, so that nothing of it looks complete. `close` would say END_STREAM first, and the
   * client would never see the reset.
   */
  cutOff(because: Error): void {
    this.#endedByUs = true;
    this.stream.destroy(because);
  }

  /** The answer was written; the client need not send the rest of its request (RFC 9113 8.1). */
  stopUpload(): void {
    if (!this.stream.closed) {
      this.#endedByUs = true;
      this.body?.fail(new Error('the answer ended first'));
      this.stream.close(constants.NGHTTP2_NO_ERROR);
    }
    // The library keeps it until it has been read, also when both sides have said all they had.
    this.stream.resume();
  }

  /** The answer is through. A reset takes away what waits to be sent, so an upload is stopped in the next turn. */
  answered(): void {
    if (this.body !== null && !this.body.complete) setImmediate(stopUpload, this);
  }

  /** Ends what took too long. Gives the next moment to look. */
  expire(now: number): number {
    if (this.#writeBy <= now) {
      this.#writeBy = Number.POSITIVE_INFINITY;
      this.stream.destroy(new Error('the client takes nothing of the answer'));
    } else if (this.#readBy <= now) {
      this.#readBy = Number.POSITIVE_INFINITY;
      if (this.isTunnel) this.stream.destroy(new Error('the tunnel is silent'));
      else this.body?.expired();
    }
    return Math.min(this.#writeBy, this.#readBy);
  }

  onData(chunk: Buffer): void {
    this.body?.received(chunk);
  }

  onEnd(): void {
    this.body?.ended();
  }

  onTrailers(raw: readonly string[]): void {
    this.body?.keepTrailers(raw);
  }

  onWantTrailers(): void {
    this.#answer?.sendTrailers();
  }

  onClose(): void {
    this.#isGone = true;
    this.#readBy = Number.POSITIVE_INFINITY;
    this.#writeBy = Number.POSITIVE_INFINITY;
    if (!this.#endedByUs && this.stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.owner.wasReset();
    this.body?.lost();
    const { x } = this;
    if (this.#answer !== null) this.#answer.closed();
    else if (x !== null) {
      x.aborted = true;
      x.cancelUpstream?.();
    }
  }

  #sendInterim(status: number, headers: HeaderList): void {
    const { stream } = this;
    if (stream.closed || stream.destroyed || stream.headersSent) return;
    try {
      stream.additionalHeaders({ ':status': status, ...fieldObject(headers, () => true) });
    } catch {
      // A field that the library does not take; an interim answer can be missed.
    }
  }
}

/** Often nothing is awaited, and asking for the time costs more than anything else here. */
function deadlineIn(within: number): number {
  return within === Number.POSITIVE_INFINITY ? within : performance.now() + within;
}

function stopUpload(served: ServedStream): void {
  served.stopUpload();
}
