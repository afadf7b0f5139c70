import type { Socket } from 'node:net';
import type { BodySink } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Settlement } from '../../gateway/kernel.ts';
import type { Refusal, Response } from '../../gateway/outcome.ts';
import { closeFrame } from '../web-socket/close-frame.ts';
import { FrameBorders } from '../web-socket/frame-borders.ts';
import { SocketWriter } from './socket-writer.ts';

const NO_CLOSE_TIME = 1_000;

/** What a tunnel needs of its connection. */
export interface TunnelSide {
  readonly isEncrypted: boolean;
  /** Something moved. */
  stirred(): void;
  /** The connection ends in so many milliseconds, whatever the client does. */
  endWithin(ms: number): void;
  reset(): void;
}

/** An open WebSocket: what the server sends is written to the client's socket. */
export class Tunnel implements BodySink {
  readonly #socket: Socket;
  readonly #side: TunnelSide;
  readonly #x: Exchange;
  readonly #response: Response;
  readonly #settlement: Settlement;
  readonly #writer: SocketWriter;
  readonly #sent = new FrameBorders();
  #ended = false;
  #settled = false;

  constructor(socket: Socket, side: TunnelSide, x: Exchange, response: Response, settlement: Settlement) {
    this.#socket = socket;
    this.#side = side;
    this.#x = x;
    this.#response = response;
    this.#settlement = settlement;
    this.#writer = new SocketWriter(socket, side.isEncrypted, () => this.#flushed());
  }

  /** Writes the answer to the handshake; the bytes of the server follow it. */
  open(head: string): void {
    this.#x.terminate = (refusal) => this.terminate(refusal);
    this.#socket.write(head, 'latin1');
    if (this.#response.body === null) this.end();
    else this.#response.body.pipe(this);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#ended || chunk.byteLength === 0) return true;
    this.#x.bytesSent += chunk.byteLength;
    this.#sent.follow(chunk);
    this.#side.stirred();
    return this.#writer.write('', chunk, '');
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.end();
  }

  fail(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#side.reset();
    this.closed(false);
  }

  /** Says why with a Close frame where one can stand (RFC 6455 5.5.1), and cuts the tunnel. */
  terminate(refusal: Refusal): void {
    if (this.#ended) return;
    this.#ended = true;
    const last = closeFrame(this.#sent, refusal);
    this.#response.body?.destroy();
    if (last === null) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end(last);
    this.#side.endWithin(NO_CLOSE_TIME);
  }

  /** The connection is gone. `orderly`: the client ended it too. */
  closed(orderly: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    const whole = orderly && this.#ended;
    this.#ended = true;
    this.#x.terminate = null;
    this.#response.body?.destroy();
    this.#settlement.settled(this.#x, whole);
  }

  #flushed(): void {
    this.#side.stirred();
    if (!this.#ended) this.#response.body?.resume();
  }
}
