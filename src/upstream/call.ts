import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';
import { refusalOf, UpstreamFailure } from './failures.ts';
import { UpstreamBody } from './response-body.ts';
import { responseHead } from './response-head.ts';

/** One request to an upstream and its answer, as undici tells of them. */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly #x: Exchange;
  readonly #clock: Clock;
  readonly #resolve: (result: Response | Refusal) => void;
  readonly #total: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #body: UpstreamBody | null = null;
  /** Given up before undici began. */
  #abortedBecause: Error | null = null;

  constructor(x: Exchange, clock: Clock, totalTime: number, resolve: (result: Response | Refusal) => void) {
    this.#x = x;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#total = setTimeout(
      () => this.abort(new UpstreamFailure('upstream-timeout', 'the exchange took too long')),
      totalTime,
    );
  }

  /** Destroys the connection, so that neither side takes what was sent for complete. */
  abort(error: Error): void {
    if (this.#controller === null) {
      this.#abortedBecause = error;
      this.#failed(error);
    } else {
      this.#controller.abort(error);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortedBecause !== null) controller.abort(this.#abortedBecause);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status === 101 || status > 599) {
      throw new UpstreamFailure('upstream-invalid', `the upstream answered ${status}, which was not asked for`);
    }
    // The other 1xx are for us alone; the answer follows (RFC 9110 15.2).
    if (status < 200) return;
    this.#x.timings.upstreamAnswered = this.#clock.monotonic();
    const { headers, length } = responseHead((controller.rawHeaders ?? []) as Buffer[]);
    const hasBody = this.#x.outgoing?.method !== 'HEAD' && status !== 204 && status !== 304 && length !== 0;
    this.#body = hasBody ? new UpstreamBody(length, controller) : null;
    this.#resolve({ status, headers, body: this.#body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#over();
    this.#body?.finish('complete');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#failed(error);
  }

  #failed(error: Error): void {
    this.#over();
    // One of the two has no effect: an answer that has begun cannot be refused any more.
    this.#body?.finish(error);
    this.#resolve(refusalOf(error));
  }

  #over(): void {
    clearTimeout(this.#total);
    this.#x.cancelUpstream = null;
  }
}
