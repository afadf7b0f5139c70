import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { isLocalhostName } from '../base/localhost.ts';
import type { Body, BodySink } from '../gateway/body.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { ResponseWriter } from '../gateway/kernel.ts';
import type { Response } from '../gateway/outcome.ts';
import type { Connection } from './connection.ts';
import type { ListenerLimits } from './limits.ts';
import { problem } from './problem.ts';
import type { RequestBody } from './request-body.ts';
import { type BodyLength, bodyLength, responseFields } from './response-head.ts';

/** RFC 6797. Without includeSubDomains: names below a Service's are not ours to speak for. */
const HSTS = 'strict-transport-security';
const ONE_YEAR = 'max-age=31536000';

/** What a writer needs beside the answer. */
export interface WriterParts {
  readonly to: ServerResponse;
  readonly socket: Socket;
  readonly connection: Connection;
  readonly requestBody: RequestBody | null;
  readonly limits: ListenerLimits;
  /** The listener is about to stop: no connection outlives its answer. */
  readonly isDraining: () => boolean;
}

/** Sends answers of the kernel through `node:http`. */
export function createResponseWriter(parts: WriterParts): ResponseWriter {
  return {
    write: (x, response) => new Promise((resolve, reject) => new Sending(x, parts, resolve, reject).start(response)),
  };
}

/** One answer on its way out. */
class Sending implements BodySink {
  readonly #x: Exchange;
  readonly #parts: WriterParts;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;
  #body: Body | null = null;
  #length: BodyLength = { kind: 'none' };
  #settled = false;

  constructor(x: Exchange, parts: WriterParts, resolve: () => void, reject: (error: Error) => void) {
    this.#x = x;
    this.#parts = parts;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(response: Response): void {
    const { to, socket } = this.#parts;
    this.#body = response.body;
    // A socket that the client has closed its half of takes no more bytes, and would lose them without an error.
    if (!socket.writable || to.destroyed) {
      this.#giveUp(new Error('the client went away'));
      return;
    }
    to.on('finish', () => this.#finished()).on('close', () => this.#closed());
    this.#sendHead(response);
    this.#sendBody();
  }

  write(chunk: Uint8Array): boolean {
    const { to, limits } = this.#parts;
    this.#x.bytesSent += chunk.byteLength;
    const goesOn = to.write(chunk);
    // Without a listener for `timeout`, node:http closes the connection when it fires.
    if (!goesOn) to.setTimeout(limits.writeIdle);
    return goesOn;
  }

  end(): void {
    if (this.#length.kind === 'fixed' && this.#x.bytesSent !== this.#length.bytes) {
      this.fail(new Error('the body is not as long as its head says'));
      return;
    }
    const { to, requestBody } = this.#parts;
    if (requestBody === null || requestBody.complete) to.end();
    else this.#endAfterDraining(requestBody);
  }

  /** RFC 9112 8: an incomplete message must not look complete, so the connection is reset, not closed. */
  fail(error: Error): void {
    const { socket } = this.#parts;
    this.#giveUp(error);
    if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
  }

  #sendHead(response: Response): void {
    const { to } = this.#parts;
    this.#length = bodyLength(response, this.#x.request.method);
    const fields = responseFields(response, this.#length);
    if (fields === null) {
      this.#sendHeadOfProblem(response);
      return;
    }
    if (this.#wantsHsts(response)) fields.push(HSTS, ONE_YEAR);
    if (this.#mustClose()) {
      this.#parts.connection.closeAfterThis();
      to.shouldKeepAlive = false;
    }
    to.writeHead(response.status, fields);
  }

  /** Not for localhost: a browser would keep it, and refuse the next plain demo on this machine. */
  #wantsHsts({ headers }: Response): boolean {
    const encrypted = this.#parts.socket instanceof TLSSocket;
    return encrypted && !headers.has(HSTS) && !isLocalhostName(this.#x.request.host);
  }

  /** An answer with a field that cannot be written is a mistake of whatever made it: refused like any other. */
  #sendHeadOfProblem(response: Response): void {
    response.body?.destroy();
    const instead = problem(this.#x.id, 'internal-error', 500);
    this.#body = instead.body;
    this.#sendHead(instead);
  }

  #sendBody(): void {
    const { to } = this.#parts;
    const body = this.#body;
    if (this.#length.kind === 'none' || body === null) {
      body?.destroy();
      this.end();
      return;
    }
    to.on('drain', () => this.#drained(body));
    body.pipe(this);
    // A stream may stay silent for long after its head (server-sent events), and the client waits for that head.
    if (!this.#settled && this.#x.bytesSent === 0 && !to.writableEnded) to.flushHeaders();
  }

  #drained(body: Body): void {
    const { to, requestBody } = this.#parts;
    if (requestBody === null || requestBody.complete) to.setTimeout(0);
    body.resume();
  }

  #mustClose(): boolean {
    const { to, connection, requestBody, isDraining } = this.#parts;
    if (connection.closing || isDraining() || !to.shouldKeepAlive || this.#x.request.httpVersion === '1.0') return true;
    return requestBody !== null && !requestBody.complete && !requestBody.restIsSmall;
  }

  /** Closing a socket with unread bytes resets it, and the client would lose the answer. */
  #endAfterDraining(requestBody: RequestBody): void {
    requestBody.drain().then(() => {
      if (!requestBody.complete) this.#parts.connection.closeAfterThis();
      this.#parts.to.end();
    });
  }

  #finished(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve();
  }

  #closed(): void {
    if (!this.#settled) this.#giveUp(new Error('the client went away'));
  }

  #giveUp(error: Error): void {
    this.#settled = true;
    this.#body?.destroy();
    this.#reject(error);
  }
}
