import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange, OutgoingRequest } from '../../gateway/exchange.ts';
import { GRPC, readStatus } from '../../gateway/grpc/status.ts';
import type { Response } from '../../gateway/outcome.ts';
import type { Reason } from '../../gateway/reasons.ts';
import { IDEMPOTENT_METHODS, type RetrySpec } from '../spec.ts';

/** RFC 9110 15.6: what stands in front of the application says so, more often than not. */
const GATEWAY_STATUSES: readonly number[] = [502, 503, 504];

/** Failures that another try may not have. */
const PASSING: ReadonlySet<Reason> = new Set(['upstream-unreachable', 'upstream-timeout', 'upstream-busy']);

/** May be done again, although the upstream may have done it (RFC 9110 9.2.2). */
export function isRepeatable(request: OutgoingRequest, methods: readonly string[] = IDEMPOTENT_METHODS): boolean {
  return methods.includes(request.method) && isReplayable(request);
}

/** The body can be sent again. What a WebSocket sends flows once it is open. */
function isReplayable({ body, upgrade }: OutgoingRequest): boolean {
  return body === null || body instanceof BufferedBody || upgrade !== null;
}

export function isPassing(reason: Reason): boolean {
  return PASSING.has(reason);
}

/** Failures that say something about the endpoint, rather than about the client or about us. */
const BLAMED: ReadonlySet<Reason> = new Set(['upstream-unreachable', 'upstream-timeout', 'upstream-invalid']);

export function isBlamed(reason: Reason): boolean {
  return BLAMED.has(reason);
}

/** The status by which an answer is judged. UNAVAILABLE without any message is to gRPC what 503 is elsewhere. */
export function statusInEffect({ grpc }: Exchange, { status, headers, body }: Response): number {
  if (grpc === null || status !== 200 || body !== null) return status;
  return readStatus(headers.get('grpc-status')) === GRPC.unavailable ? 503 : status;
}

export function isRetryStatus(status: number, { statusCodes, retryOnServerErrors }: RetrySpec): boolean {
  if (GATEWAY_STATUSES.includes(status) || statusCodes.includes(status)) return true;
  return retryOnServerErrors && status >= 500;
}

/** Milliseconds before the `n`th retry, the first being 1: longer each time, and never the same for all. */
export function pauseBefore(n: number, { initialInterval, maxInterval, multiplier }: RetrySpec): number {
  return Math.min(maxInterval, initialInterval * multiplier ** (n - 1)) * (0.5 + Math.random());
}
