import type { Socket } from 'node:net';
import type { Expiring, Sweeper } from '../base/sweeper.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import type { Admission } from './admission.ts';
import { FirstBytes, type Judgement } from './first-bytes.ts';
import type { ListenerLimits } from './limits.ts';
import type { Notices } from './notices.ts';
import type { Connection, ConnectionFacts, Engine } from './protocol.ts';
import { type ProxySource, readProxyHeader } from './proxy-protocol.ts';
import type { TlsServer } from './tls/server.ts';

export interface Engines {
  readonly http1: Engine;
  readonly http2: Engine;
}

export interface ArrivalParts {
  readonly engines: Engines;
  /** `null`: the listener speaks cleartext. */
  readonly tls: TlsServer | null;
  readonly snapshot: () => Snapshot;
  readonly sweeper: Sweeper;
  readonly limits: ListenerLimits;
  readonly admission: Admission;
  readonly notices: Notices;
}

/** RFC 9113 3.4 */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** How long a connection that has said nothing yet may still say something when the listener stops. */
const LAST_MOMENT = 1_000;
/** Stands for a client that its proxy did not name: never trusted, and in no network that a policy may name. */
const UNSPECIFIED_ADDRESS = '0.0.0.0';

/** One connection from its accept to its end: PROXY header, TLS handshake, choice of the protocol, then its engine. */
export class Arrival implements Connection {
  readonly #parts: ArrivalParts;
  readonly #socket: Socket;
  readonly #deadline: number;
  #peer: string;
  #counted = false;
  #waiting: Expiring | null = null;
  #engine: Connection | null = null;
  #draining = false;

  /** @param peer the address that the socket tells, without the IPv4-in-IPv6 prefix */
  constructor(socket: Socket, peer: string, parts: ArrivalParts) {
    this.#socket = socket;
    this.#peer = peer;
    this.#parts = parts;
    this.#deadline = performance.now() + parts.limits.headTimeout;
  }

  begin(): void {
    if (this.#parts.snapshot().trustedProxies.has(this.#peer)) {
      this.#lookAtFirstBytes(
        (bytes) => this.#readProxyHeader(bytes),
        () => this.#secure(),
      );
    } else if (this.#enter()) this.#secure();
  }

  drain(): void {
    this.#draining = true;
    this.#engine?.drain();
    this.#hurry();
  }

  #hurry(): void {
    if (this.#waiting === null) return;
    this.#waiting.deadline = Math.min(this.#waiting.deadline, performance.now() + LAST_MOMENT);
  }

  destroy(): void {
    if (this.#engine === null) this.#socket.destroy();
    else this.#engine.destroy();
  }

  /** The socket is closed. */
  closed(): void {
    if (this.#counted) this.#parts.admission.leaveFrom(this.#peer);
    this.#counted = false;
  }

  #enter(): boolean {
    this.#counted = this.#parts.admission.enterFrom(this.#peer);
    if (this.#counted) return true;
    this.#parts.notices.note('connections are refused', `${this.#peer} has too many open`);
    this.#socket.destroy();
    return false;
  }

  #lookAtFirstBytes(judge: (bytes: Buffer) => Judgement, then: () => void): void {
    const { sweeper } = this.#parts;
    const done = () => {
      this.#waiting = null;
      then();
    };
    this.#waiting = new FirstBytes({ socket: this.#socket, sweeper, deadline: this.#deadline, judge, done });
  }

  /** Trusted peers may speak it or not; what others send of it is a request like any other, and a malformed one. */
  #readProxyHeader(bytes: Buffer): Judgement {
    const header = readProxyHeader(bytes);
    switch (header.kind) {
      case 'none':
        return 0;
      case 'partial':
        return 'more';
      case 'malformed':
        this.#parts.notices.note('connections are refused', `a PROXY header of ${this.#peer}: ${header.because}`);
        return 'refused';
      case 'header':
        return this.#believe(header.source) ? header.length : 'refused';
    }
  }

  #believe(source: ProxySource): boolean {
    if (source.kind === 'proxy') return true;
    this.#peer = source.kind === 'client' ? source.address : UNSPECIFIED_ADDRESS;
    return source.kind === 'unknown' || this.#enter();
  }

  #secure(): void {
    const { tls, snapshot, engines } = this.#parts;
    if (tls !== null) {
      this.#waiting = tls.take(this.#socket, this.#peer, (socket, facts, protocol) => {
        this.#waiting = null;
        this.#serve(protocol === 'h2' ? engines.http2 : engines.http1, socket, facts);
      });
      if (this.#draining) this.#hurry();
    } else if (snapshot().cleartextHttp2) this.#choose();
    else this.#serveCleartext(engines.http1);
  }

  #choose(): void {
    const { engines } = this.#parts;
    let engine = engines.http1;
    this.#lookAtFirstBytes(
      (bytes) => {
        const common = Math.min(bytes.length, HTTP2_PREFACE.length);
        if (bytes.compare(HTTP2_PREFACE, 0, common, 0, common) !== 0) return 0;
        if (common < HTTP2_PREFACE.length) return 'more';
        engine = engines.http2;
        return 0;
      },
      () => this.#serveCleartext(engine),
    );
  }

  #serveCleartext(engine: Engine): void {
    const facts = { peerAddress: this.#peer, scheme: 'http', tls: null, mayAsk: anyHost } as const;
    this.#serve(engine, this.#socket, facts);
  }

  #serve(engine: Engine, socket: Socket, facts: ConnectionFacts): void {
    this.#engine = engine.serve(socket, facts, null);
    if (this.#draining) this.#engine.drain();
  }
}

function anyHost(): boolean {
  return true;
}
