import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Body, BodySink } from '../gateway/body.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { ListenerLimits } from './limits.ts';

/** The body of a request of `node:http`, for the kernel. Nothing is read before somebody wants it. */
export class RequestBody implements Body {
  readonly length: number | null;
  /** Whose `bytesReceived` counts. */
  exchange: Exchange | null = null;
  readonly #request: IncomingMessage;
  readonly #limits: ListenerLimits;
  /** Sends the 100 that the client waits for; `null` when it waits for none. */
  #sayContinue: (() => void) | null;
  #sink: BodySink | null = null;
  #failure: Error | null = null;

  constructor(
    request: IncomingMessage,
    length: number | null,
    continueThrough: ServerResponse | null,
    limits: ListenerLimits,
  ) {
    this.#request = request;
    this.length = length;
    this.#limits = limits;
    this.#sayContinue = continueThrough === null ? null : () => continueThrough.writeContinue();
  }

  pipe(sink: BodySink): void {
    const request = this.#request;
    if (request.destroyed && !request.complete) this.fail(new Error('the client went away'));
    if (this.#failure !== null) {
      sink.fail(this.#failure);
      return;
    }
    this.#sink = sink;
    this.#sayContinue?.();
    this.#sayContinue = null;
    this.#watch();
  }

  resume(): void {
    this.#request.resume();
  }

  /** Nobody wants the rest. It is dropped, within limits, once the answer is out (`drain`). */
  destroy(): void {
    this.#sink = null;
    this.#request.pause();
  }

  /** The rest will not come or cannot be read. */
  fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    const sink = this.#sink;
    this.#sink = null;
    sink?.fail(error);
  }

  get complete(): boolean {
    return this.#request.complete;
  }

  /** Whether the rest is certainly little and will come unasked, so that the connection can outlive it. */
  get restIsSmall(): boolean {
    return this.#sayContinue === null && this.length !== null && this.length <= this.#limits.drainBytes;
  }

  /** Reads and drops the rest: at most `drainBytes`, for at most `drainTime`. */
  drain(): Promise<void> {
    if (this.complete || this.#failure !== null || this.#sayContinue !== null) return Promise.resolve();
    return new Promise((resolve) => {
      let left = this.#limits.drainBytes;
      const timer = setTimeout(resolve, this.#limits.drainTime);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#request.on('data', (chunk: Buffer) => {
        left -= chunk.byteLength;
        if (left < 0) done();
      });
      this.#request.on('end', done).on('close', done).resume();
    });
  }

  #watch(): void {
    this.#request
      .on('data', (chunk: Buffer) => this.#received(chunk))
      .on('end', () => this.#ended())
      .on('close', () => this.#closed())
      .on('timeout', () => this.#idle())
      .setTimeout(this.#limits.bodyIdle);
  }

  #received(chunk: Buffer): void {
    if (this.#sink === null) return;
    if (this.exchange !== null) this.exchange.bytesReceived += chunk.byteLength;
    if (!this.#sink.write(chunk)) this.#request.pause();
  }

  #ended(): void {
    const sink = this.#sink;
    this.#sink = null;
    this.#request.setTimeout(0);
    sink?.end();
  }

  #closed(): void {
    if (!this.#request.complete) this.fail(new Error('the client went away'));
  }

  /** A body that is held back by its reader is not the client's fault; its reader has a time-out of its own. */
  #idle(): void {
    if (this.#request.isPaused()) this.#request.setTimeout(this.#limits.bodyIdle);
    else this.#request.destroy(new Error('the request body stopped arriving'));
  }
}
