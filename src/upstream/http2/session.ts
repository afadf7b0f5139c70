import { type ClientHttp2Session, type ClientSessionOptions, connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring, Sweeper } from '../../base/sweeper.ts';
import { BufferedBody } from '../../gateway/body.ts';
import { UpstreamFailure } from '../failures.ts';
import type { UpstreamTimeouts } from '../spec.ts';
import type { Attempt, TransportLimits, TransportParts } from '../transport.ts';
import { Call, type CallOwner } from './call.ts';
import { Http2Reset, NotSeen } from './failures.ts';
import { requestFields } from './request-fields.ts';

/** Told what becomes of a session. */
export interface SessionOwner {
  /** The peer has said that it speaks HTTP/2, and how much of it. */
  ready(session: Session): void;
  /** There may be room again. */
  hasRoom(): void;
  /** `unready`: it closed before it could be used. */
  closed(session: Session, unready: UpstreamFailure | null): void;
}

/** What one stream may send before its reader has read it. */
const STREAM_WINDOW = 256 * 1024;
/** Node gives back what it has read of the connection's window at once, so a slow reader holds up nobody else. */
const CONNECTION_WINDOW = 4 * 1024 * 1024;
/** Megabytes. */
const MOST_MEMORY = 64;
/** `:status` */
const PSEUDO_FIELDS = 1;
/** Milliseconds for the peer to close what is over; not every peer does. */
const LAST_MOMENT = 1000;

/** A repeated field is passed on as it is, as over HTTP/1.1; Node would throw. */
type SessionOptions = ClientSessionOptions & { readonly strictSingleValueFields: boolean };

/** A connection that carries many requests at once. */
export class Session implements CallOwner, Expiring {
  /** Until when it must be ready, or used again. */
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  readonly timeouts: UpstreamTimeouts;
  readonly clock: Clock;
  readonly headBytes: number;
  /** For the log. */
  readonly address: string;
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #sweeper: Sweeper;
  readonly #scheme: string;
  readonly #keepAlive: number;
  readonly #owner: SessionOwner;
  #active = 0;
  /** What the peer takes at once; nothing before it has said so. */
  #most = 0;
  #isReady = false;
  #retired = false;
  /** It was not ready in time. */
  #isOverdue = false;
  #heardAt = 0;
  /** A request was answered on it. */
  #proven = false;
  #error: Error | null = null;
  #goaway: { readonly code: number; readonly lastStream: number } | null = null;

  constructor(socket: Socket, address: string, parts: TransportParts, owner: SessionOwner) {
    this.timeouts = parts.timeouts;
    this.clock = parts.clock;
    this.headBytes = parts.limits.headBytes;
    this.address = address;
    this.#sweeper = parts.sweeper;
    this.#scheme = parts.origin.protocol === 'https:' ? 'https' : 'http';
    this.#keepAlive = parts.limits.keepAlive;
    this.#owner = owner;
    // A peer that ends its half of the connection has left: HTTP/2 knows no half-closed connections.
    socket.allowHalfOpen = false;
    this.#socket = socket;
    this.#session = connect(`${this.#scheme}://${parts.origin.host}`, optionsOf(socket, parts.limits));
    this.#listen();
    this.deadline = this.clock.monotonic() + this.timeouts.connect;
    this.#sweeper.add(this);
  }

  get isIdle(): boolean {
    return this.#active === 0;
  }

  get hasRoom(): boolean {
    return this.#active < this.#most && this.isUsable;
  }

  get isUsable(): boolean {
    return !this.#retired && !this.#session.closed && !this.#session.destroyed;
  }

  /** Begins the attempt on a stream of its own. */
  start(attempt: Attempt): void {
    const { x } = attempt;
    const body = isEmpty(x.outgoing!.body) ? null : x.outgoing!.body;
    try {
      const fields = requestFields(attempt, this.#scheme, this.clock.monotonic());
      const stream = this.#session.request(fields, { endStream: body === null });
      x.upstreamAddress = this.address;
      this.#active++;
      this.deadline = Number.POSITIVE_INFINITY;
      const call = new Call(attempt, stream, this);
      this.#sweeper.add(call);
      call.send(body);
    } catch (thrown) {
      const failure =
        thrown instanceof UpstreamFailure ? thrown : new UpstreamFailure('internal-error', messageOf(thrown));
      attempt.failed(failure, false);
    }
  }

  /** Takes nothing new, and closes when what is under way has ended. */
  retire(): void {
    this.#retired = true;
    if (!this.#session.closed) this.#session.close();
    if (this.#active === 0) this.deadline = this.clock.monotonic() + LAST_MOMENT;
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#isOverdue = !this.#isReady;
    if (this.#isOverdue || this.#session.closed) this.#socket.destroy();
    else this.retire();
  }

  heard(): void {
    this.#heardAt = this.clock.monotonic();
    this.#proven = true;
  }

  released(call: Call): void {
    this.#sweeper.delete(call);
    this.#active--;
    this.#idle();
    this.#owner.hasRoom();
  }

  /** Nothing came from the upstream meanwhile, whoever waited for it: the connection may be dead without a sign. */
  waitedInVain(call: Call): void {
    if (this.#heardAt <= call.began) this.retire();
  }

  endOf({ stream, began }: Call, error: Error | null): UpstreamFailure {
    const isOwnEnd = error !== null && 'code' in error && error.code === 'ERR_HTTP2_STREAM_ERROR';
    if (isOwnEnd || !this.#session.destroyed) return new Http2Reset(stream.rstCode);
    const goaway = this.#goaway;
    if (goaway !== null && (stream.id ?? Number.POSITIVE_INFINITY) > goaway.lastStream) return new NotSeen();
    if (goaway !== null && goaway.code !== 0) return new Http2Reset(goaway.code);
    const because = error?.message ?? 'it was closed';
    const stale = this.#proven && this.#heardAt <= began;
    return new UpstreamFailure('upstream-unreachable', `the connection to the upstream was lost: ${because}`, stale);
  }

  #listen(): void {
    const session = this.#session;
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on('remoteSettings', ({ maxConcurrentStreams }) => this.#settled(maxConcurrentStreams));
    session.on('goaway', (code, lastStream) => {
      this.#goaway = { code, lastStream };
      this.#retired = true;
    });
    // Each call is told by its stream.
    session.on('error', (error) => {
      this.#error = error;
    });
    session.on('close', () => this.#closed());
  }

  #settled(most: number | undefined): void {
    this.#most = most ?? Number.POSITIVE_INFINITY;
    if (this.#isReady) {
      this.#owner.hasRoom();
      return;
    }
    this.#isReady = true;
    this.#idle();
    this.#owner.ready(this);
  }

  #closed(): void {
    this.#retired = true;
    this.#sweeper.delete(this);
    this.#owner.closed(this, this.#isReady ? null : this.#unready());
  }

  #unready(): UpstreamFailure {
    const reason = this.#isOverdue ? 'upstream-timeout' : 'upstream-unreachable';
    const because = this.#isOverdue ? 'it said nothing in time' : (this.#error?.message ?? 'it closed the connection');
    return new UpstreamFailure(reason, `the upstream did not begin to speak HTTP/2: ${because}`);
  }

  #idle(): void {
    if (this.#active > 0) return;
    this.deadline = this.clock.monotonic() + (this.#retired ? LAST_MOMENT : this.#keepAlive);
  }
}

function optionsOf(socket: Socket, { headBytes, headerFields }: TransportLimits): SessionOptions {
  return {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: headBytes },
    maxHeaderListPairs: headerFields + PSEUDO_FIELDS,
    maxSessionMemory: MOST_MEMORY,
    maxReservedRemoteStreams: 0,
    strictSingleValueFields: false,
  };
}

function isEmpty(body: unknown): boolean {
  return body === null || (body instanceof BufferedBody && body.length === 0);
}
