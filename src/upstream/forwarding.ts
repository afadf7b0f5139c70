import { NOT_ROSTERED } from '../base/roster.ts';
import type { Expiring } from '../base/sweeper.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { GRPC } from '../gateway/grpc/status.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';
import { NONE } from './balance/balancer.ts';
import type { Endpoint } from './endpoint.ts';
import { refusalOf, UpstreamFailure } from './failures.ts';
import type { ForwardingParts } from './forwarding-parts.ts';
import { Http2NotAgreed } from './http2/failures.ts';
import { isBlamed, isPassing, isRepeatable, isRetryStatus, pauseBefore, statusInEffect } from './retry/rules.ts';
import { Try } from './try.ts';

/** A request that nobody has seen is taken to other endpoints or addresses this often. */
const MOST_ELSEWHERE = 3;

/**
 * One exchange with an upstream: a try, and further ones where that is safe.
 *
 * | what happened                                        | another try                                     |
 * | ---------------------------------------------------- | ----------------------------------------------- |
 * | TLS did not agree on HTTP/2, and HTTP/1.1 will do     | at once, over HTTP/1.1                          |
 * | a kept connection was closed under the request        | once, at once, if repeatable or not sent        |
 * | nothing was sent                                      | at once, at an endpoint or address not tried yet |
 * | a failure or status that `retry` names                | after a pause, if repeatable, within the budget |
 */
export class Forwarding implements Expiring {
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  readonly #parts: ForwardingParts;
  readonly #x: Exchange;
  readonly #resolve: (result: Response | Refusal) => void;
  readonly #startedAt: number;
  #current: Try | null = null;
  #pause: NodeJS.Timeout | null = null;
  /** Empty until something fails. */
  #tried: readonly Endpoint[] = NONE;
  #elsewhere = 0;
  #retries = 0;
  #wasStale = false;
  #givenUp = false;
  /** The trailers of a gRPC answer say how it went. */
  #saysItLast = false;
  #isOver = false;

  constructor(parts: ForwardingParts, x: Exchange, now: number, resolve: (result: Response | Refusal) => void) {
    this.#parts = parts;
    this.#x = x;
    this.#resolve = resolve;
    this.#startedAt = now;
    this.deadline = now + Math.min(parts.timeouts.total, x.grpc?.timeout ?? Number.POSITIVE_INFINITY);
  }

  start(endpoint: Endpoint): void {
    this.#parts.began(this);
    this.#parts.budget?.requested();
    endpoint.addresses.refresh(this.#startedAt);
    this.#send(endpoint);
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.giveUp(new UpstreamFailure('upstream-timeout', 'the exchange took too long'));
  }

  giveUp(because: UpstreamFailure): void {
    if (this.#isOver) return;
    this.#givenUp = true;
    const cancel = this.#current?.cancel ?? null;
    if (cancel !== null) cancel(because);
    else this.#refuse(because);
  }

  answered(attempt: Try, response: Response): void {
    if (this.#isOver) {
      attempt.abandon(response);
      return;
    }
    const status = statusInEffect(this.#x, response);
    this.#saysItLast = this.#x.grpc !== null && status === 200 && response.body !== null;
    if (!this.#saysItLast) this.#parts.judge(attempt.endpoint, status < 500);
    if (this.#retriesStatus(status)) {
      attempt.abandon(response);
      this.#retryLater(attempt);
      return;
    }
    if (response.status === 101) this.deadline = Number.POSITIVE_INFINITY;
    this.#x.timings.upstreamAnswered = this.#parts.clock.monotonic();
    this.#resolve(response);
  }

  failed(attempt: Try, failure: UpstreamFailure, sent: boolean): void {
    this.#current = null;
    if (this.#isOver) return;
    if (!this.#givenUp) {
      this.#learn(attempt, failure, sent);
      if (this.#triesAgain(attempt, failure, sent)) return;
    }
    this.#refuse(failure);
  }

  /** The answer that was passed on has ended. */
  over({ endpoint }: Try, whole: boolean): void {
    this.#current = null;
    if (this.#saysItLast && whole) this.#parts.judge(endpoint, this.#x.grpc!.status !== GRPC.unavailable);
    this.#end();
  }

  #send(endpoint: Endpoint): void {
    this.#x.attempts++;
    const attempt = new Try(this, this.#x, endpoint);
    this.#current = attempt;
    attempt.send();
  }

  #learn({ endpoint, address }: Try, failure: UpstreamFailure, sent: boolean): void {
    if (failure.staleConnection || !isBlamed(failure.reason)) return;
    this.#parts.judge(endpoint, false);
    if (!sent) endpoint.addresses.failed(address);
  }

  #triesAgain(attempt: Try, failure: UpstreamFailure, sent: boolean): boolean {
    const { endpoint } = attempt;
    if (failure instanceof Http2NotAgreed && endpoint.fallBack()) {
      this.#send(endpoint);
      return true;
    }
    const safe = !sent || isRepeatable(this.#x.outgoing!);
    if (failure.staleConnection && safe && !this.#wasStale) {
      this.#wasStale = true;
      this.#send(endpoint);
      return true;
    }
    if (!isPassing(failure.reason)) return false;
    if (!sent && this.#goesElsewhere(endpoint, failure)) return true;
    return this.#retriesFailure(attempt, sent);
  }

  #goesElsewhere(endpoint: Endpoint, failure: UpstreamFailure): boolean {
    if (this.#elsewhere >= MOST_ELSEWHERE) return false;
    this.#tried = [...this.#tried, endpoint];
    const next = this.#pick();
    const isNew = next !== null && !this.#tried.includes(next);
    const hasOtherAddress = failure.reason !== 'upstream-busy' && this.#elsewhere + 1 < endpoint.addresses.size;
    if (!isNew && !hasOtherAddress) return false;
    this.#elsewhere++;
    this.#send(isNew ? next : endpoint);
    return true;
  }

  #retriesFailure(attempt: Try, sent: boolean): boolean {
    const { retry } = this.#parts;
    if (retry === null) return false;
    if (sent && !isRepeatable(this.#x.outgoing!, retry.methods)) return false;
    return this.#mayRetry() && this.#retryLater(attempt);
  }

  #retriesStatus(status: number): boolean {
    const { retry } = this.#parts;
    if (retry === null || !isRetryStatus(status, retry)) return false;
    return isRepeatable(this.#x.outgoing!, retry.methods) && this.#mayRetry();
  }

  #mayRetry(): boolean {
    const { retry, budget, clock } = this.#parts;
    const now = clock.monotonic();
    if (this.#retries >= retry!.maxRetries || now - this.#startedAt >= retry!.maxElapsedTime) return false;
    return budget!.take(now);
  }

  #retryLater({ endpoint }: Try): true {
    const { retry } = this.#parts;
    this.#current = null;
    if (!this.#tried.includes(endpoint)) this.#tried = [...this.#tried, endpoint];
    this.#retries++;
    this.#pause = setTimeout(() => this.#retryNow(), pauseBefore(this.#retries, retry!));
    return true;
  }

  #retryNow(): void {
    this.#pause = null;
    const endpoint = this.#pick();
    if (endpoint === null) this.#refuse(new UpstreamFailure('upstream-unhealthy', 'every endpoint is down'));
    else this.#send(endpoint);
  }

  #pick(): Endpoint | null {
    return this.#parts.balancer.pick(this.#x, this.#parts.clock.monotonic(), this.#tried);
  }

  #refuse(failure: UpstreamFailure): void {
    this.#end();
    this.#resolve(refusalOf(failure));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#x.cancelUpstream = null;
    this.#parts.ended(this);
  }
}
