import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { newRequestId } from '../../base/ids.ts';
import { NOT_ROSTERED, Roster } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import { Exchange } from '../../gateway/exchange.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { Snapshot } from '../../gateway/snapshot.ts';
import { accept } from '../accept.ts';
import type { Connection, ConnectionFacts, ServeParts } from '../protocol.ts';
import { type HeadRefusal, headRefusal } from '../unparsed.ts';
import { Misconduct } from './misconduct.ts';
import { Overhead } from './overhead.ts';
import { answerRefused } from './refused.ts';
import { type Http2Head, readHead } from './request-head.ts';
import { ServedStream, type StreamOwner } from './served-stream.ts';
import { ignoreErrors } from './stream-events.ts';

/** How often a connection is looked at for floods, also when nothing is awaited on it. */
const LOOK_EVERY = 1_000;
/** What a client gets to stop asking here, and to take the last answer and close. */
const LAST_MOMENT = 1_000;

/** One connection with its streams, each of which is decided by itself (R57). */
export class Http2Connection implements Connection, Expiring, StreamOwner {
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  readonly encrypted: boolean;
  readonly bodyIdle: number;
  readonly writeIdle: number;
  readonly tunnelIdle: number;
  readonly #session: ServerHttp2Session;
  readonly #socket: Socket;
  readonly #facts: ConnectionFacts;
  readonly #parts: ServeParts;
  readonly #mostStreams: number;
  /** Exchanges that are not settled. A reset ends a stream, not yet the work for it (R61). */
  readonly #streams = new Roster<ServedStream>();
  readonly #misconduct = new Misconduct();
  readonly #overhead: Overhead;
  /** When a connection without streams is closed. */
  #idleUntil: number;
  /** When draining ends the taking of new streams; `Infinity` before. */
  #closeBy = Number.POSITIVE_INFINITY;
  /** When a connection that is over is cut off; `Infinity` before. */
  #destroyBy = Number.POSITIVE_INFINITY;

  constructor(
    session: ServerHttp2Session,
    socket: Socket,
    facts: ConnectionFacts,
    parts: ServeParts,
    mostStreams: number,
  ) {
    const now = performance.now();
    const { limits, sweeper } = parts;
    this.#session = session;
    this.#socket = socket;
    this.#facts = facts;
    this.#parts = parts;
    this.#mostStreams = mostStreams;
    this.#overhead = new Overhead(now);
    this.#idleUntil = now + limits.headTimeout;
    this.encrypted = facts.scheme === 'https';
    this.bodyIdle = limits.bodyIdle;
    this.writeIdle = limits.writeIdle;
    this.tunnelIdle = limits.tunnelIdle;
    this.deadline = now + LOOK_EVERY;
    sweeper.add(this);
    this.#listen();
  }

  /**
   * GOAWAY names the last stream that is served: the client knows that those behind it were not, and may ask again
   * elsewhere (RFC 9113 6.8). A first GOAWAY that names no stream yet cannot be had: the library serves nothing new after
   * any of its own, and bytes that others write into the connection end the process. Balancers, which learn from the
   * closed port, therefore get a moment before it.
   */
  drain(): void {
    if (this.#session.closed || this.#session.destroyed) return;
    this.#closeBy = performance.now() + LAST_MOMENT;
    this.lookBy(this.#closeBy);
    // Tunnels do not end by themselves.
    const refusal = refuse('shutting-down');
    for (const { x, isTunnel } of this.#streams.all()) if (isTunnel) x?.terminate?.(refusal);
  }

  /** Answers that are under way must not look complete, as they might after a reset with NO_ERROR. */
  destroy(): void {
    if (this.#streams.size === 0) this.#session.destroy();
    else this.#session.destroy(new Error('the connection is closed'), constants.NGHTTP2_CANCEL);
    this.#socket.destroy();
  }

  lookBy(deadline: number): void {
    if (deadline < this.deadline) this.deadline = deadline;
  }

  carried(bytes: number): void {
    this.#overhead.add(bytes);
  }

  over(stream: ServedStream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return;
    this.#idleUntil = performance.now() + this.#parts.limits.keepAliveTimeout;
    this.lookBy(this.#idleUntil);
  }

  wasReset(): void {
    this.#misbehaved();
  }

  expired(now: number): void {
    let next = now + LOOK_EVERY;
    for (const stream of this.#streams.all()) next = Math.min(next, stream.expire(now));
    this.deadline = next;
    if (this.#session.destroyed || (this.#session.closed && this.#streams.size === 0)) this.#awaitEnd(now);
    else if (this.#overhead.isTooMuch(this.#socket.bytesRead, now)) this.#end();
    else if (this.#closeBy <= now || (this.#streams.size === 0 && this.#idleUntil <= now)) this.#session.close();
  }

  /** The session is over; its client closes the connection, or it is cut off. */
  #awaitEnd(now: number): void {
    if (this.#destroyBy <= now) this.#socket.destroy();
    else if (this.#destroyBy === Number.POSITIVE_INFINITY) this.#destroyBy = now + LAST_MOMENT;
  }

  #listen(): void {
    const session = this.#session;
    session.on('stream', (stream, _headers, flags, raw) => this.#take(stream, flags, raw));
    // Malformed frames and lost sockets: the library has ended the session with it.
    session.on('error', () => {});
    session.on('close', () => this.#parts.sweeper.delete(this));
    session.on('remoteSettings', () => this.#misbehaved());
    // Such as a head that is too long to be sent; the library ends the stream.
    session.on('frameError', () => {});
    // Half a connection is of no use to HTTP/2.
    this.#socket.on('end', () => this.destroy());
  }

  /** A mistake of ours about one stream is not one about the others, and none about the process (R69). */
  #take(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    ignoreErrors(stream);
    try {
      this.#opened(stream, flags, raw);
    } catch (thrown) {
      this.#parts.mistake(thrown);
      stream.destroy(new Error('a mistake of the gateway'));
    }
  }

  #opened(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    this.#idleUntil = performance.now() + this.#parts.limits.keepAliveTimeout;
    if (stream.destroyed || stream.closed) {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.#misbehaved();
      return;
    }
    if (this.#streams.size >= this.#mostStreams) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      this.#misbehaved();
      return;
    }
    const snapshot = this.#parts.snapshot();
    const head = this.#read(raw, snapshot);
    if ('reason' in head) this.#refuse(stream, head, raw);
    else this.#accept(stream, head, snapshot, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, raw);
  }

  #read(raw: readonly string[], snapshot: Snapshot): Http2Head | HeadRefusal {
    if (this.#parts.isOverloaded()) return headRefusal(refuse('overloaded'));
    const head = readHead(raw, this.#parts.limits);
    if ('reason' in head) return head;
    this.#overhead.add(head.size);
    return this.#checkScheme(head, snapshot) ?? head;
  }

  /** A trusted proxy may have ended the TLS that its client spoke; others name the scheme they use. */
  #checkScheme({ scheme }: Http2Head, { trustedProxies }: Snapshot): HeadRefusal | null {
    const { scheme: own, peerAddress } = this.#facts;
    if (scheme === own) return null;
    if (scheme !== 'http' && scheme !== 'https') return headRefusal(refuse('bad-request', 'an unknown :scheme'));
    if (trustedProxies.has(peerAddress)) return null;
    return headRefusal(refuse('authority-mismatch', `:scheme ${scheme} on a connection of ${own}`));
  }

  #accept(
    stream: ServerHttp2Stream,
    head: Http2Head,
    snapshot: Snapshot,
    endsWithHead: boolean,
    raw: readonly string[],
  ): void {
    const accepted = accept(head, this.#facts, snapshot);
    if ('reason' in accepted) {
      this.#refuse(stream, accepted, raw);
      return;
    }
    const served = new ServedStream(stream, this, head, endsWithHead);
    const x = new Exchange(newRequestId(), snapshot, accepted, served.body, this.#parts.clock.monotonic());
    this.#streams.add(served);
    served.begin(x);
    this.#parts.kernel.handle(x, served);
  }

  #refuse(stream: ServerHttp2Stream, refusal: HeadRefusal, raw: readonly string[]): void {
    const method = raw[raw.indexOf(':method') + 1] ?? '';
    answerRefused(stream, method, refusal, this.#facts, this.#parts.kernel);
  }

  #misbehaved(): void {
    if (this.#misconduct.add(performance.now())) this.#end();
  }

  /** Ends every stream. */
  #end(): void {
    this.#session.destroy(new Error('the client floods the connection'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }
}
