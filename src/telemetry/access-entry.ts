import type { DecisionReason, ShadowVerdict } from '../../policies/decision.ts';
import type { LoggedContent } from '../gateway/exchange.ts';
import type { Reason } from '../gateway/reasons.ts';

/**
 * One line of the access log, one for each exchange: this is the documentation of its fields. Every field is always
 * there, `null` where it does not apply; those of `LoggedContent` where a config asks for them. Query strings are not
 * logged, because they carry codes and tokens. Texts are cut at the lengths of `LIMITS`.
 */
export interface AccessEntry extends LoggedContent {
  /** When the request was accepted, RFC 3339 in UTC. */
  readonly time: string;
  readonly requestId: string;
  /** Behind trusted proxies the address that they state. */
  readonly clientAddress: string;
  readonly method: string | null;
  readonly host: string | null;
  /** Canonical, without the query. */
  readonly path: string | null;
  /** Characters of the query, in place of the query. */
  readonly queryLength: number | null;
  readonly httpVersion: '1.0' | '1.1' | '2' | null;
  /** The status that the answer had; of an aborted exchange the one that it would have had. */
  readonly status: number | null;
  /** Why it was refused; `null` when it was not. */
  readonly reason: Reason | null;
  /** What went wrong, for operators. */
  readonly detail: string | null;
  readonly decision: AccessDecision | null;
  /** Name of the Service; `null` for our own pages and where nothing matched. */
  readonly service: string | null;
  /** Name of the config that was chosen. */
  readonly config: string | null;
  readonly user: string | null;
  readonly session: string | null;
  /** The Credential that made the session. */
  readonly credential: string | null;
  /** What was to be reached, such as `https://api.example.com`. */
  readonly upstream: string | null;
  /** The address that was dialled; `null` when none was. */
  readonly upstreamAddress: string | null;
  /** From accept to the last byte of the answer, in milliseconds with three decimals. */
  readonly durationMs: number | null;
  /** From sending to the upstream to the head of its answer, in milliseconds with three decimals. */
  readonly upstreamMs: number | null;
  /** Bytes of the request body. */
  readonly bytesReceived: number;
  /** Bytes of the answer's body. */
  readonly bytesSent: number;
  /** The downstream went away, or the body was cut off, before the answer was complete. */
  readonly aborted: boolean;
  readonly userAgent: string | null;
  /** Of the configuration that served the exchange; `null` when the request never became one. */
  readonly generation: number | null;
  /** On gRPC calls only: the service with its package. */
  readonly grpcService?: string;
  readonly grpcMethod?: string;
  /** The number that the call ended with; `null` when it did not come so far. */
  readonly grpcStatus?: number | null;
  /** Only when shadow policies would have decided otherwise. */
  readonly shadow?: readonly ShadowVerdict[];
}

export interface AccessDecision {
  readonly effect: 'allow' | 'deny';
  readonly reason: DecisionReason;
  readonly policy: string | null;
  readonly rule: string | null;
}

/** Characters. Names of resources are bounded by the model and short. */
export const LIMITS = {
  clientAddress: 64,
  method: 32,
  host: 255,
  path: 2048,
  detail: 1024,
  name: 256,
  upstream: 512,
  userAgent: 256,
} as const;
