import { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../outcome.ts';
import { REASONS, type Reason } from '../reasons.ts';
import { encodeMessage } from './message.ts';
import { GRPC, STATUS_OF_REASON, statusOfReset } from './status.ts';

/**
 * The trailers that end a gRPC answer whose body was cut off. `null`: it can only be cut off too, because the caller
 * speaks no gRPC, or gRPC-Web, which has its trailers in the body.
 */
export function grpcTrailersFor(x: Exchange, error: Error): HeaderList | null {
  if (x.grpc?.wire !== 'grpc') return null;
  x.grpc.status = statusOfError(error);
  return trailers(x.grpc.status, 'The upstream cut the answer off.');
}

/** The same for an answer that is ended because of a refusal. */
export function grpcTrailersForRefusal(x: Exchange, { reason }: Refusal): HeaderList | null {
  if (x.grpc?.wire !== 'grpc') return null;
  x.grpc.status = STATUS_OF_REASON[reason];
  return trailers(x.grpc.status, REASONS[reason].text);
}

function trailers(status: number, message: string): HeaderList {
  return new HeaderList(['grpc-status', String(status), 'grpc-message', encodeMessage(message)]);
}

/** Failures of upstreams know what they were reset with, or what they mean to the exchange. */
function statusOfError(error: Error & { readonly http2Code?: unknown; readonly reason?: unknown }): number {
  if (typeof error.http2Code === 'number') return statusOfReset(error.http2Code);
  return isReason(error.reason) ? STATUS_OF_REASON[error.reason] : GRPC.unavailable;
}

function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}
