import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import { ResponseParser } from '../../wire/http1/response-parser.ts';
import { UpstreamFailure } from '../failures.ts';
import type { Attempt, Transport, TransportParts } from '../transport.ts';
import { type ConnectionHome, Http1Connection } from './connection.ts';

export function createHttp1Transport(parts: TransportParts): Transport {
  return new Http1Transport(parts);
}

/** An attempt that no connection has room for. */
interface Waiting {
  readonly attempt: Attempt;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/**
 * The HTTP/1.1 connections to one endpoint. The one that was used last is used first, so that those that a quiet hour
 * does not need grow old and close. An attempt waits for a connection as long as it might wait for a new one.
 */
class Http1Transport implements Transport, ConnectionHome, Expiring {
  deadline = Number.POSITIVE_INFINITY;
  rosterSlot = NOT_ROSTERED;
  readonly parts: TransportParts;
  readonly parser: ResponseParser;
  readonly #all = new Set<Http1Connection>();
  readonly #idle: Http1Connection[] = [];
  #waiting: Waiting[] = [];
  #closed: PromiseWithResolvers<void> | null = null;

  constructor(parts: TransportParts) {
    this.parts = parts;
    this.parser = new ResponseParser(parts.limits);
  }

  get connections(): number {
    return this.#all.size;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  get isClosing(): boolean {
    return this.#closed !== null;
  }

  send(attempt: Attempt): void {
    const idle = this.#needsOwn(attempt) ? undefined : this.#idle.pop();
    if (idle !== undefined) idle.begin(attempt);
    else if (this.#hasRoom() || this.isClosing) this.#dial(attempt);
    else if (this.#waiting.length < this.parts.limits.pending) this.#queue(attempt);
    else attempt.failed(busy('too many requests wait for a connection'), false);
  }

  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers<void>();
    for (const connection of this.#idle.splice(0)) connection.close();
    this.#settle();
    return this.#closed.promise;
  }

  released(connection: Http1Connection): void {
    const next = this.#waiting[0];
    if (next === undefined) {
      if (this.isClosing) connection.close();
      else this.#idle.push(connection);
    } else if (this.#needsOwn(next.attempt)) {
      connection.close();
    } else {
      this.#unqueue();
      connection.begin(next.attempt);
    }
  }

  gone(connection: Http1Connection): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    const next = this.#waiting[0];
    if (next !== undefined && this.#hasRoom()) {
      this.#unqueue();
      this.#dial(next.attempt);
    }
    this.#settle();
  }

  /** Attempts wait in the order of their deadlines. */
  expired(now: number): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].until <= now) {
      const { attempt } = this.#waiting[0];
      this.#unqueue();
      attempt.cancel = null;
      attempt.failed(busy('no connection became free in time'), false);
    }
  }

  /** A WebSocket to an http upstream behind a forward proxy: it needs a tunnel, the other requests none. */
  #needsOwn({ x }: Attempt): boolean {
    const { proxy, origin } = this.parts;
    return proxy !== null && x.outgoing!.upgrade !== null && origin.protocol !== 'https:';
  }

  /** An idle connection makes room for one of another kind. */
  #hasRoom(): boolean {
    if (this.#all.size < this.parts.limits.connections) return true;
    this.#idle.shift()?.close();
    return this.#all.size < this.parts.limits.connections;
  }

  #dial(attempt: Attempt): void {
    const connection = new Http1Connection(this, attempt, this.#needsOwn(attempt));
    this.#all.add(connection);
    connection.open();
  }

  #queue(attempt: Attempt): void {
    const waiting = { attempt, until: this.parts.clock.monotonic() + this.parts.timeouts.connect };
    this.#waiting.push(waiting);
    attempt.cancel = (because) => {
      attempt.cancel = null;
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      this.#watch();
      attempt.failed(because, false);
    };
    this.#watch();
  }

  #unqueue(): void {
    this.#waiting.shift();
    this.#watch();
  }

  #watch(): void {
    this.deadline = this.#waiting[0]?.until ?? Number.POSITIVE_INFINITY;
    if (this.#waiting.length > 0) this.parts.sweeper.add(this);
    else this.parts.sweeper.delete(this);
  }

  #settle(): void {
    if (this.#all.size === 0 && this.#waiting.length === 0) this.#closed?.resolve();
  }
}

function busy(message: string): UpstreamFailure {
  return new UpstreamFailure('upstream-busy', message);
}
