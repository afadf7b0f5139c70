import type { Socket } from 'node:net';
import type { HeaderList } from '../../base/header-list.ts';
import { isLocalhostName } from '../../base/localhost.ts';
import { type Body, type BodySink, BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { ResponseWriter, Settlement } from '../../gateway/kernel.ts';
import { type Response, refuse } from '../../gateway/outcome.ts';
import { CRLF, chunkHead, LAST_CHUNK } from '../../wire/http1/write.ts';
import { problem } from '../problem.ts';
import { CHUNKED, fieldLines, headText, NONE, statusLine, UNTIL_CLOSE } from './head-text.ts';
import { SocketWriter } from './socket-writer.ts';

/** RFC 6797. Without includeSubDomains: names below a Service's are not ours to speak for. */
const HSTS = 'strict-transport-security';
const HSTS_LINE = `${HSTS}: max-age=31536000\r\n`;

const NO_BYTES = new Uint8Array(0);

/** What an answer needs of its connection. */
export interface AnswerSide {
  readonly isEncrypted: boolean;
  /** Whether the connection ends with the answer whose head is about to be written. */
  closesAfterAnswer(): boolean;
  /** 101: from here on the connection is a tunnel. */
  openTunnel(x: Exchange, response: Response, settlement: Settlement): void;
  /** The answer is out. */
  answered(): void;
  /** What went out must not look complete. */
  reset(): void;
  /** The client must take bytes until then, in monotonic milliseconds. */
  writeBy(deadline: number): void;
}

/** Writes the answers of one connection, one after another. */
export class Answer implements ResponseWriter, BodySink {
  readonly #socket: Socket;
  readonly #side: AnswerSide;
  readonly #writeIdle: number;
  readonly #writer: SocketWriter;
  readonly #sendInterim: (status: number, headers: HeaderList) => void;
  #x: Exchange | null = null;
  #settlement: Settlement | null = null;
  #body: Body | null = null;
  #framing = NONE;
  /** Waits for the first bytes of the body, to go out with them. */
  #head = '';
  #held = false;
  #isWritten = false;

  constructor(socket: Socket, side: AnswerSide, writeIdle: number) {
    this.#socket = socket;
    this.#side = side;
    this.#writeIdle = writeIdle;
    this.#writer = new SocketWriter(socket, side.isEncrypted, () => this.#flushed());
    this.#sendInterim = (status, headers) => this.#interim(status, headers);
  }

  /** Whether an answer has begun and is not out yet. */
  get isUnderWay(): boolean {
    return this.#x !== null;
  }

  /** Before the kernel has the exchange. */
  prepare(x: Exchange): void {
    if (x.request.httpVersion === '1.1') x.sendInterim = this.#sendInterim;
  }

  send(x: Exchange, response: Response, settlement: Settlement): void {
    x.sendInterim = null;
    if (!this.#socket.writable) {
      response.body?.destroy();
      settlement.settled(x, false);
    } else if (response.status === 101 && x.request.upgrade !== null) {
      this.#side.openTunnel(x, response, settlement);
    } else {
      this.#x = x;
      this.#settlement = settlement;
      this.#begin(x, response);
    }
  }

  #begin(x: Exchange, response: Response): void {
    this.#framing = framingOf(response, x);
    this.#body = response.body;
    const closes = this.#side.closesAfterAnswer() || this.#framing === UNTIL_CLOSE;
    const extra = this.#wantsHsts(x, response) ? HSTS_LINE : '';
    const { status, headers } = response;
    const head = status < 200 ? null : headText({ status, headers, framing: this.#framing, closes, extra });
    if (head === null) {
      this.#beginInstead(x, response);
      return;
    }
    this.#head = head;
    this.#held = false;
    this.#isWritten = false;
    if (x.isOpenStream) x.terminate = (refusal) => this.#terminate(x, refusal.reason);
    this.#sendBody(x, response.body);
  }

  /** An answer that cannot be written is a mistake of whatever made it: refused like any other. */
  #beginInstead(x: Exchange, response: Response): void {
    response.body?.destroy();
    x.refusal = refuse('internal-error', 'the answer cannot be written');
    x.response = problem(x.id, 'internal-error', 500);
    this.#begin(x, x.response);
  }

  /** Not for localhost: a browser would keep it, and refuse the next plain demo on this machine. */
  #wantsHsts(x: Exchange, { headers }: Response): boolean {
    return this.#side.isEncrypted && !headers.has(HSTS) && !isLocalhostName(x.request.host);
  }

  #sendBody(x: Exchange, body: Body | null): void {
    if (this.#framing === NONE || body === null) {
      body?.destroy();
      this.#finish('');
    } else if (body instanceof BufferedBody) {
      this.write(body.bytes);
      this.end();
    } else {
      body.pipe(this);
      // A stream may stay silent for long after its head (server-sent events), and the client waits for that head.
      if (this.#x === x && this.#head !== '') this.#flush(this.#takeHead(), NO_BYTES, '');
    }
  }

  write(chunk: Uint8Array): boolean {
    const x = this.#x;
    if (x === null || this.#isWritten || chunk.byteLength === 0) return true;
    x.bytesSent += chunk.byteLength;
    if (this.#framing >= 0 && x.bytesSent > this.#framing) {
      this.fail();
      return true;
    }
    const isChunked = this.#framing === CHUNKED;
    const before = isChunked ? this.#takeHead() + chunkHead(chunk.byteLength) : this.#takeHead();
    this.#held = !this.#flush(before, chunk, isChunked ? CRLF : '');
    return !this.#held;
  }

  /** Trailers are dropped: HTTP/1.1 clients rarely look at them, and need not get them (RFC 9110 6.5.1). */
  end(): void {
    const x = this.#x;
    if (x === null || this.#isWritten) return;
    if (this.#framing >= 0 && x.bytesSent !== this.#framing) this.fail();
    else this.#finish(this.#framing === CHUNKED ? LAST_CHUNK : '');
  }

  /** RFC 9112 8: an incomplete message must not look complete, so the connection is reset, not closed. */
  fail(): void {
    if (this.#x === null) return;
    this.#side.reset();
    this.lost();
  }

  /** The connection is gone. */
  lost(): void {
    if (this.#x !== null) this.#settle(false);
  }

  #terminate(x: Exchange, because: string): void {
    if (this.#x !== x) return;
    x.refusal ??= refuse('internal-error', because);
    this.fail();
  }

  #finish(last: string): void {
    this.#isWritten = true;
    const text = this.#takeHead() + last;
    if (text !== '') this.#flush(text, NO_BYTES, '');
    if (this.#writer.isEmpty) this.#settle(true);
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  /** Whether the bytes are out; if not, `#flushed` is called when they are. */
  #flush(before: string, chunk: Uint8Array, after: string): boolean {
    if (this.#writer.write(before, chunk, after)) return true;
    this.#side.writeBy(performance.now() + this.#writeIdle);
    return false;
  }

  /** Two writes may end together and tell of it twice: an answer that is over has no say in the deadlines any more. */
  #flushed(): void {
    if (this.#x === null) return;
    this.#side.writeBy(Number.POSITIVE_INFINITY);
    if (this.#isWritten) {
      this.#settle(true);
    } else if (this.#held) {
      this.#held = false;
      this.#body?.resume();
    }
  }

  #settle(whole: boolean): void {
    const x = this.#x!;
    const settlement = this.#settlement!;
    const body = this.#body;
    this.#x = null;
    this.#settlement = null;
    this.#body = null;
    this.#head = '';
    x.terminate = null;
    if (!whole) body?.destroy();
    settlement.settled(x, whole);
    if (whole) this.#side.answered();
  }

  /** RFC 9110 15.2. What cannot be written is left out: an interim answer is only a hint. */
  #interim(status: number, headers: HeaderList): void {
    const fields = fieldLines(headers, false);
    if (fields === null || this.#x !== null || !this.#socket.writable) return;
    this.#socket.write(`${statusLine(status)}${fields}\r\n`, 'latin1');
  }
}

function framingOf({ status, body }: Response, { request }: Exchange): number {
  if (request.method === 'HEAD' || status === 204 || status === 304) return NONE;
  if (body === null) return 0;
  if (body.length !== null) return body.length;
  return request.httpVersion === '1.0' ? UNTIL_CLOSE : CHUNKED;
}
