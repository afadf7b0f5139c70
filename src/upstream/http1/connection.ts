import type { Socket } from 'node:net';
import { messageOf } from '../../base/errors.ts';
import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import { HeadReader } from '../../wire/http1/head-reader.ts';
import type { ResponseParser } from '../../wire/http1/response-parser.ts';
import { newWebSocketKey } from '../../wire/web-socket/handshake.ts';
import { failureOf, UpstreamFailure } from '../failures.ts';
import type { Attempt, TransportParts } from '../transport.ts';
import { Call, type Line } from './call.ts';
import { type Consumer, Intake } from './intake.ts';
import { Opening, type OpeningHandler } from './opening.ts';
import { requestHead } from './request-head.ts';

/** What the connections of one transport share. */
export interface ConnectionHome {
  readonly parts: TransportParts;
  readonly parser: ResponseParser;
  /** Connections end with the answer that they carry. */
  readonly isClosing: boolean;
  /** It may carry another request. */
  released(connection: Http1Connection): void;
  /** It is closed. */
  gone(connection: Http1Connection): void;
}

/** `busy`: a call is on it; `done`: its answer is over, and what came with it is still being looked at. */
type Phase = 'opening' | 'busy' | 'done' | 'idle' | 'closed';

/** One connection to an upstream: one request at a time, and another only after a clean end (R10, R11). */
export class Http1Connection implements Expiring, Consumer, Line, OpeningHandler {
  deadline = Number.POSITIVE_INFINITY;
  rosterSlot = NOT_ROSTERED;
  readonly parts: TransportParts;
  readonly parser: ResponseParser;
  readonly heads: HeadReader;
  readonly intake = new Intake(this);
  readonly #home: ConnectionHome;
  /** A proxy's tunnel to an http upstream, which only WebSockets use. */
  readonly #isTunnelled: boolean;
  readonly #isSecure: boolean;
  readonly #opening: Opening;
  /** The one that it is opened for, until then. */
  #first: Attempt | null;
  #socket: Socket | null = null;
  #phase: Phase = 'opening';
  #call: Call | null = null;
  #calls = 0;
  #idleTime = 0;

  /** For `attempt`; nothing happens before `open`. */
  constructor(home: ConnectionHome, attempt: Attempt, isTunnelled: boolean) {
    this.#home = home;
    this.parts = home.parts;
    this.parser = home.parser;
    this.heads = new HeadReader(home.parser);
    this.#isTunnelled = isTunnelled;
    this.#isSecure = home.parts.origin.protocol === 'https:';
    this.#opening = new Opening(home.parts, isTunnelled, this.intake.onread, this);
    this.#first = attempt;
    attempt.cancel = (because) => this.#opening.cancel(because);
  }

  get socket(): Socket {
    return this.#socket as Socket;
  }

  open(): void {
    this.#opening.start();
  }

  opened(socket: Socket, lent: boolean): void {
    this.#socket = socket;
    socket.on('error', (error) => this.#lost(failureOf(error)));
    socket.on('close', () => this.#closed());
    this.intake.attach(socket, lent);
    this.parts.sweeper.add(this);
    const attempt = this.#first as Attempt;
    this.#first = null;
    this.begin(attempt);
  }

  notOpened(failure: UpstreamFailure): void {
    const attempt = this.#first as Attempt;
    this.#first = null;
    attempt.x.upstreamAddress = this.#opening.address;
    attempt.cancel = null;
    this.close();
    attempt.failed(failure, false);
  }

  /** Carries another request. Only when it stands and is idle. */
  begin(attempt: Attempt): void {
    attempt.x.upstreamAddress = this.#opening.address;
    const key = attempt.x.outgoing!.upgrade === null ? null : newWebSocketKey();
    const head = this.#head(attempt, key);
    if (head === null) {
      this.#refuse(attempt);
      return;
    }
    this.#phase = 'busy';
    this.#call = new Call(this, attempt, key, this.#calls++ > 0);
    this.#call.start(head);
  }

  /** The call tells of it before anybody learns of the answer, so that the connection is what it is from then on. */
  callOver(idleTime: number): void {
    this.#call = null;
    this.#phase = 'done';
    this.#idleTime = idleTime;
    if (idleTime === 0 || this.#isTunnelled) this.close();
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.parts.sweeper.delete(this);
    this.#socket?.destroy();
    this.#home.gone(this);
  }

  take(bytes: Buffer): number {
    if (this.#call === null) {
      // R11: whoever speaks without being asked would be heard as the answer to the next request.
      this.close();
      return bytes.length;
    }
    const at = this.#takeSafely(this.#call, bytes);
    if (this.#phase === 'closed') return bytes.length;
    if (this.#phase === 'done') this.#release(at === bytes.length && this.intake.isEmpty);
    return at;
  }

  ended(): void {
    if (this.#call === null) this.close();
    else this.#call.ended();
  }

  expired(): void {
    if (this.#call === null) this.close();
    else this.#call.expired();
  }

  /** R69: a fault of whoever reads this answer ends this answer. */
  #takeSafely(call: Call, bytes: Buffer): number {
    try {
      return call.take(bytes);
    } catch (thrown) {
      call.fail(new UpstreamFailure('internal-error', messageOf(thrown)));
      return bytes.length;
    }
  }

  #closed(): void {
    if (this.#call === null) this.close();
    else this.#call.closed();
  }

  #lost(failure: UpstreamFailure): void {
    if (this.#call === null) this.close();
    else this.#call.lost(failure);
  }

  #head({ x, authority }: Attempt, webSocketKey: string | null): string | null {
    const { origin, proxy } = this.parts;
    const absolute = proxy !== null && !this.#isSecure && !this.#isTunnelled;
    return requestHead(x.outgoing!, {
      // RFC 9112 3.2.2: a proxy goes by the target, and puts its authority into the Host field.
      authority: absolute ? origin.host : authority,
      targetPrefix: absolute ? `http://${origin.host}` : '',
      proxyAuthorization: absolute ? proxy.authorization : null,
      webSocketKey,
      closes: this.#home.isClosing,
    });
  }

  /** R8: the request has a part that cannot be written as what it is. The connection has seen nothing of it. */
  #refuse(attempt: Attempt): void {
    attempt.cancel = null;
    this.#becomeIdle(this.parts.limits.keepAlive);
    attempt.failed(new UpstreamFailure('internal-error', 'a part of the request cannot be written'), false);
  }

  /** TLS may still hold a piece that came behind the answer; it gives it within this turn of the event loop. */
  #release(isClean: boolean): void {
    if (isClean) this.#settle(this.#isSecure ? Math.max(1, this.intake.lag) : this.intake.lag);
    else this.close();
  }

  /** R11: what is here already is read before anybody else asks on this connection. */
  #settle(turns: number): void {
    if (turns === 0) this.#becomeIdle(this.#idleTime);
    else setImmediate(() => this.#settle(turns - 1));
  }

  #becomeIdle(time: number): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'idle';
    this.deadline = this.parts.clock.monotonic() + time;
    this.#home.released(this);
  }
}
