import { isPromise } from '../../base/awaitable.ts';
import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import { Dial, type Dialled, dialledText } from '../connect/dial.ts';
import { failureOf, UpstreamFailure } from '../failures.ts';
import type { DialAddress } from '../resolve.ts';
import type { Attempt, Transport, TransportParts } from '../transport.ts';
import { Http2NotAgreed } from './failures.ts';
import { Session, type SessionOwner } from './session.ts';

/** HTTP/2 to one endpoint: by ALPN over TLS, else by prior knowledge (RFC 9113 3.2, 3.3). */
export function createHttp2Transport(parts: TransportParts): Transport {
  return new Http2Transport(parts);
}

class Http2Transport implements Transport, SessionOwner, Expiring {
  deadline = Number.POSITIVE_INFINITY;
  rosterSlot = NOT_ROSTERED;
  readonly #parts: TransportParts;
  readonly #sessions = new Set<Session>();
  /** With the monotonic milliseconds until which each waits, the first one first. */
  readonly #waiting = new Map<Attempt, number>();
  #dialling = false;
  #closing: Promise<void> | null = null;
  #closed: (() => void) | null = null;

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  get connections(): number {
    return this.#sessions.size + (this.#dialling ? 1 : 0);
  }

  get pending(): number {
    return this.#waiting.size;
  }

  send(attempt: Attempt): void {
    if (attempt.x.outgoing!.upgrade !== null) {
      attempt.failed(new UpstreamFailure('upgrade-refused', 'WebSockets are not asked for over HTTP/2'), false);
      return;
    }
    const session = this.#withRoom();
    if (session === null) this.#wait(attempt);
    else session.start(attempt);
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#closed = resolve;
      this.#closeIdle();
    });
    return this.#closing;
  }

  /** A session has room, or there is one session less. */
  hasRoom(): void {
    if (this.#waiting.size > 0) this.#startWaiting();
    if (this.#waiting.size > 0) this.#dial();
    else if (this.#closing !== null) this.#closeIdle();
  }

  #startWaiting(): void {
    for (const attempt of this.#waiting.keys()) {
      const session = this.#withRoom();
      if (session === null) break;
      this.#waiting.delete(attempt);
      session.start(attempt);
    }
    this.#watch();
  }

  ready(session: Session): void {
    this.#dialling = false;
    this.#sessions.add(session);
    if (session.hasRoom) this.hasRoom();
    else this.#takesNothing(session);
  }

  /** Another connection would be worth no more, and neither would the one after it. */
  #takesNothing(session: Session): void {
    session.retire();
    this.#failed(new UpstreamFailure('upstream-busy', 'the upstream takes no requests on its connection'));
  }

  /** A connection that is being made has time limits of its own, and says better what is wrong. */
  expired(now: number): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.#dialling) return;
    for (const [attempt, until] of this.#waiting) {
      if (until > now) break;
      this.#waiting.delete(attempt);
      this.#fail(attempt, new UpstreamFailure('upstream-busy', 'no connection had room in time'));
    }
    this.#watch();
  }

  closed(session: Session, unready: UpstreamFailure | null): void {
    this.#sessions.delete(session);
    if (unready === null) this.hasRoom();
    else this.#failed(unready);
  }

  #withRoom(): Session | null {
    for (const session of this.#sessions) if (session.hasRoom) return session;
    return null;
  }

  #wait(attempt: Attempt): void {
    if (this.#waiting.size >= this.#parts.limits.pending) {
      attempt.failed(new UpstreamFailure('upstream-busy', 'too many requests wait for a connection'), false);
      return;
    }
    const { clock, timeouts } = this.#parts;
    this.#waiting.set(attempt, clock.monotonic() + timeouts.connect);
    attempt.cancel = (because) => {
      if (!this.#waiting.delete(attempt)) return;
      this.#watch();
      this.#fail(attempt, because);
    };
    this.#watch();
    this.#dial();
  }

  /** One connection is made at a time: often it has room for everybody who waits. */
  #dial(): void {
    if (this.#dialling || this.connections >= this.#parts.limits.connections) return;
    this.#dialling = true;
    const { address, proxy } = this.#parts;
    const given = proxy === null ? address() : { host: proxy.host, port: proxy.port };
    if (isPromise(given))
      given.then(
        (found) => this.#connect(found),
        (error: Error) => this.#failed(failureOf(error)),
      );
    else this.#connect(given);
  }

  #connect(address: DialAddress): void {
    const { origin, proxy, tls, secureContext, timeouts } = this.#parts;
    const secure = origin.protocol === 'https:';
    const ways = {
      origin,
      secure,
      address,
      proxy,
      tunnel: true,
      tls,
      secureContext,
      protocols: ['h2', 'http/1.1'],
      onread: null,
    };
    new Dial(
      { ...ways, timeout: timeouts.connect },
      {
        connected: (dialled) => this.#connected(dialled, dialledText({ address, proxy }), secure),
        failed: (failure) => this.#failed(failure),
      },
    );
  }

  #connected({ socket, protocol }: Dialled, address: string, secure: boolean): void {
    if (secure && protocol !== 'h2') {
      socket.destroy();
      this.#failed(new Http2NotAgreed(protocol));
      return;
    }
    // It tells when it is ready, or closed.
    new Session(socket, address, this.#parts, this);
  }

  /** Whoever waits for room on a connection that stands goes on waiting. */
  #failed(failure: UpstreamFailure): void {
    this.#dialling = false;
    this.#watch();
    for (const session of this.#sessions) if (session.isUsable) return;
    const waiting = [...this.#waiting.keys()];
    this.#waiting.clear();
    this.#watch();
    for (const attempt of waiting) this.#fail(attempt, failure);
    if (this.#closing !== null) this.#closeIdle();
  }

  #watch(): void {
    const [first] = this.#waiting.values();
    this.deadline = first ?? Number.POSITIVE_INFINITY;
    if (first === undefined) this.#parts.sweeper.delete(this);
    else this.#parts.sweeper.add(this);
  }

  #fail(attempt: Attempt, failure: UpstreamFailure): void {
    attempt.cancel = null;
    attempt.failed(failure, false);
  }

  #closeIdle(): void {
    for (const session of this.#sessions) if (session.isIdle) session.retire();
    if (this.connections === 0 && this.#waiting.size === 0) this.#closed?.();
  }
}
