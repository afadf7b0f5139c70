import type { SecureContext } from 'node:tls';
import type { Awaitable } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import type { Sweeper } from '../base/sweeper.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { Response } from '../gateway/outcome.ts';
import type { OutboundProxy } from './connect/outbound-proxy.ts';
import type { UpstreamFailure } from './failures.ts';
import type { DialAddress } from './resolve.ts';
import type { UpstreamTimeouts, UpstreamTlsSpec } from './spec.ts';

/**
 * One try to have `x.outgoing` answered by one endpoint. The transport calls exactly one of `answered` and `failed`;
 * after `answered` it calls `over` once, when the answer's body has ended or was cut off.
 */
export interface Attempt {
  readonly x: Exchange;
  /** Value of the Host field (`:authority`). */
  readonly authority: string;
  /** The head of the answer is here; its body is read through `response.body`. */
  answered(response: Response): void;
  /** `sent`: the upstream may have seen some of the request, or the body was begun; otherwise it may go elsewhere. */
  failed(failure: UpstreamFailure, sent: boolean): void;
  over(whole: boolean): void;
  /** Set by the transport: gives up, with this reason. Does nothing once the attempt is over. */
  cancel: ((because: UpstreamFailure) => void) | null;
}

/** One protocol towards one endpoint, with its connections. */
export interface Transport {
  /** Takes the attempt on, at once or when there is room (`limits.pending`). Never throws. */
  send(attempt: Attempt): void;
  /** Connections that stand or are being made. */
  readonly connections: number;
  /** Attempts that wait for a connection. */
  readonly pending: number;
  /** Requests under way end, then the connections close. A late attempt gets a connection of its own. */
  close(): Promise<void>;
}

/** What a transport knows of its endpoint. */
export interface TransportParts {
  /** Scheme, host and port. TLS names and checks are those of this URL, whatever address is dialled. */
  readonly origin: URL;
  /** The address for the next connection. */
  readonly address: () => Awaitable<DialAddress>;
  /** `null`: connect directly. */
  readonly proxy: OutboundProxy | null;
  readonly tls: UpstreamTlsSpec;
  /** Made on first use; with the client certificate, where there is one. */
  readonly secureContext: () => SecureContext;
  readonly timeouts: UpstreamTimeouts;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly sweeper: Sweeper;
}

export interface TransportLimits {
  /** Open connections to one endpoint. */
  readonly connections: number;
  /** Attempts that may wait for a connection; more are refused with `upstream-busy`. */
  readonly pending: number;
  /** Milliseconds that a connection may be idle before it is closed. */
  readonly keepAlive: number;
  /** Bytes of the head of an answer. */
  readonly headBytes: number;
  /** Fields of an answer. */
  readonly headerFields: number;
}
