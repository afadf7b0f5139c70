import type { Socket } from 'node:net';
import type { Body, BodySink } from '../../gateway/body.ts';
import { CRLF, chunkHead, LAST_CHUNK } from '../../wire/http1/write.ts';
import { requestCutOff, UpstreamFailure } from '../failures.ts';

/** The connection that a body is sent on. */
export interface SendingConnection {
  /** The peer must read before more is sent, or need not any more. */
  waits(forPeer: boolean): void;
  /** Everything is sent. */
  sent(): void;
  /** The body cannot be completed, so the request must never look complete (R9). */
  cutOff(failure: UpstreamFailure): void;
}

/** `raw`: a tunnel, without framing. */
export type SendFraming = 'length' | 'chunked' | 'raw';

/** Pieces up to this size are copied together with what stands around them, and written at once. */
const SMALL = 16 * 1024;

/** Sends a streamed body, with what stands before it. */
export class RequestBody implements BodySink {
  readonly #body: Body;
  readonly #framing: SendFraming;
  readonly #socket: Socket;
  readonly #connection: SendingConnection;
  /** Written together with the first piece. */
  #head: string;
  /** Bytes that were announced and did not come yet. */
  #left: number;
  #waiting = false;
  #over = false;
  /** All of it is written, and the socket did not take it yet. */
  #isEnding = false;
  readonly #flushed = (): void => this.#goOn();

  constructor(body: Body, framing: SendFraming, head: string, socket: Socket, connection: SendingConnection) {
    this.#body = body;
    this.#framing = framing;
    this.#head = head;
    this.#left = framing === 'length' ? (body.length as number) : Number.POSITIVE_INFINITY;
    this.#socket = socket;
    this.#connection = connection;
  }

  start(): void {
    this.#body.pipe(this);
    // A head that announces nothing is a whole request, and the body may yet turn out not to be empty (R9).
    if (this.#over || this.#head === '' || this.#left === 0) return;
    this.#socket.write(this.#takeHead(), 'latin1', this.#flushed);
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#isEnding = false;
    if (this.#over) return;
    this.#over = true;
    this.#body.destroy();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#over || chunk.byteLength === 0) return true;
    this.#left -= chunk.byteLength;
    if (this.#left < 0) {
      this.#over = true;
      this.#body.destroy();
      this.#connection.cutOff(new UpstreamFailure('internal-error', 'the request body is longer than announced'));
      return true;
    }
    this.#send(chunk);
    if (this.#over || this.#socket.writableLength === 0) return true;
    this.#waiting = true;
    this.#connection.waits(true);
    return false;
  }

  end(): void {
    if (this.#over) return;
    if (this.#framing === 'length' && this.#left > 0) {
      this.fail(new Error('it is shorter than announced'));
      return;
    }
    this.#over = true;
    const last = this.#takeHead() + (this.#framing === 'chunked' ? LAST_CHUNK : '');
    if (last !== '') this.#socket.write(last, 'latin1', this.#flushed);
    if (this.#waiting) this.#isEnding = true;
    else this.#connection.sent();
  }

  fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection.cutOff(requestCutOff(error));
  }

  #send(chunk: Uint8Array): void {
    const isChunked = this.#framing === 'chunked';
    const before = isChunked ? this.#takeHead() + chunkHead(chunk.byteLength) : this.#takeHead();
    const behind = isChunked ? CRLF : '';
    if (before === '') this.#socket.write(chunk, this.#flushed);
    else if (chunk.byteLength <= SMALL) this.#socket.write(joined(before, chunk, behind), this.#flushed);
    else this.#sendAround(before, chunk, behind);
  }

  #sendAround(before: string, chunk: Uint8Array, behind: string): void {
    this.#socket.cork();
    this.#socket.write(before, 'latin1');
    this.#socket.write(chunk, this.#flushed);
    if (behind !== '') this.#socket.write(behind, 'latin1', this.#flushed);
    this.#socket.uncork();
  }

  /** The socket has taken everything so far. */
  #goOn(): void {
    if (!this.#waiting || this.#socket.writableLength > 0) return;
    this.#waiting = false;
    if (this.#isEnding) this.#connection.sent();
    if (this.#over) return;
    this.#connection.waits(false);
    this.#body.resume();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }
}

/** A head, or what stands around a chunk, and the bytes, in one piece. */
export function joined(before: string, bytes: Uint8Array, behind: string): Buffer {
  const whole = Buffer.allocUnsafe(before.length + bytes.byteLength + behind.length);
  whole.write(before, 0, 'latin1');
  whole.set(bytes, before.length);
  whole.write(behind, before.length + bytes.byteLength, 'latin1');
  return whole;
}
