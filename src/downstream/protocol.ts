import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Sweeper } from '../base/sweeper.ts';
import type { TlsFacts } from '../gateway/exchange.ts';
import type { Kernel } from '../gateway/kernel.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import type { ListenerLimits } from './limits.ts';

/** What is known of a connection before its first request. One object a connection, shared by its requests. */
export interface ConnectionFacts {
  /** Without the IPv4-in-IPv6 prefix; behind a trusted proxy that speaks the PROXY protocol, the one it states. */
  readonly peerAddress: string;
  readonly scheme: 'http' | 'https';
  readonly tls: TlsFacts | null;
  /** Whether requests for this canonical host may come on this connection (R73); otherwise 421. */
  readonly mayAsk: (host: string) => boolean;
}

/** What every engine of a listener serves requests with. */
export interface ServeParts {
  readonly kernel: Kernel;
  readonly snapshot: () => Snapshot;
  readonly clock: Clock;
  readonly limits: ListenerLimits;
  /** One a listener; engines put their connections into it. */
  readonly sweeper: Sweeper;
  /** The listener is about to stop: no connection outlives its answer. */
  readonly isDraining: () => boolean;
  /** New requests are refused with `overloaded` (R70). */
  readonly isOverloaded: () => boolean;
  /** Told of an exception that nobody expected while one request was served; only that request suffers (R69). */
  readonly mistake: (thrown: unknown) => void;
}

/** An engine's hold on one connection. When the socket closes, the connection is over. */
export interface Connection {
  /** Answers that are being made go out, nothing new begins; idle ones get a moment, then the connection closes. */
  drain(): void;
  /** Closes at once. */
  destroy(): void;
}

/** One protocol, on a connection whose TLS handshake and PROXY header are behind it. */
export interface Engine {
  /**
   * Takes the connection over. `first`: bytes that were read from it already, or `null`. The socket is in no mode yet
   * (no `data` listener, not resumed) and has an `error` listener.
   */
  serve(socket: Socket, facts: ConnectionFacts, first: Buffer | null): Connection;
}
