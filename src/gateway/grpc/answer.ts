import { HeaderList } from '../../base/header-list.ts';
import type { Exchange, GrpcCall } from '../exchange.ts';
import type { Refusal, Response } from '../outcome.ts';
import { REASONS } from '../reasons.ts';
import { contentTypeFor, wireOf } from './content-type.ts';
import { encodeMessage } from './message.ts';
import { STATUS_OF_REASON, statusOfReset } from './status.ts';

/**
 * How a refusal is to be spelled for its caller, `null` when the caller speaks no gRPC: on a gRPC Service, or where no
 * Service was found, whoever says so by Content-Type. gRPC itself needs HTTP/2, whose trailers its clients read.
 */
export function wireOfCaller({ grpc, service, request }: Exchange): GrpcCall['wire'] | null {
  if (grpc !== null) return grpc.wire;
  if (service !== null && service.resource.spec.mode !== 'GRPC') return null;
  const wire = wireOf(request.headers.get('content-type'));
  return wire === 'grpc' && request.httpVersion !== '2' ? null : wire;
}

/** A refusal as a gRPC answer without messages ("Trailers-Only"), with the public text only. */
export function grpcRefusal(x: Exchange, { reason }: Refusal, wire: GrpcCall['wire']): Response {
  const headers = new HeaderList(['content-type', contentTypeFor(wire, x.request.headers.get('content-type'))]);
  const status = statusOf(x, STATUS_OF_REASON[reason]);
  headers.append('grpc-status', String(status));
  headers.append('grpc-message', encodeMessage(REASONS[reason].text));
  return { status: 200, headers, body: null };
}

/** What the upstream reset the call with says more than the reason that we made of it. */
function statusOf({ grpc }: Exchange, ofReason: number): number {
  if (grpc === null) return ofReason;
  grpc.status = grpc.resetCode === null ? ofReason : statusOfReset(grpc.resetCode);
  return grpc.status;
}
