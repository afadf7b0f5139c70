import { HeaderList } from '../../base/header-list.ts';
import type { GrpcCall } from '../exchange.ts';
import type { Response } from '../outcome.ts';
import { contentTypeFor, wireOf } from './content-type.ts';
import { encodeMessage } from './message.ts';
import { GRPC, readStatus, statusOfHttp } from './status.ts';
import { WebAnswerBody } from './web-answer.ts';

/**
 * The answer of an upstream as the caller of a gRPC Service understands it: what is no gRPC becomes the status that
 * the specification gives it, and the messages of gRPC-Web callers are spelled their way.
 */
export function grpcAnswer(call: GrpcCall, response: Response): Response {
  const contentType = response.headers.get('content-type');
  if (response.status !== 200 || wireOf(contentType) !== 'grpc') return notGrpc(call, response);
  const { headers, body } = response;
  if (body === null) {
    call.status = readStatus(headers.get('grpc-status'));
    if (!headers.has('grpc-status')) appendStatus(headers, call.status, NO_STATUS);
  }
  if (call.wire === 'grpc') return response;
  headers.set('content-type', contentTypeFor(call.wire, contentType));
  headers.delete('content-length');
  return { status: 200, headers, body: body === null ? null : new WebAnswerBody(body, call.wire) };
}

const NO_STATUS = 'The upstream gave no status.';

/** The trailers of an answer; those that an upstream owes are made up for. */
export function grpcTrailers(call: GrpcCall, given: HeaderList | null): HeaderList {
  const trailers = given ?? new HeaderList();
  call.status = readStatus(trailers.get('grpc-status'));
  if (!trailers.has('grpc-status')) appendStatus(trailers, call.status, NO_STATUS);
  return trailers;
}

/** An answer of HTTP alone, such as that of a balancer in front of the upstream. A stated grpc-status goes first. */
function notGrpc(call: GrpcCall, { status, headers, body }: Response): Response {
  body?.destroy();
  const stated = headers.get('grpc-status');
  call.status = stated === null ? statusOfHttp(status) : readStatus(stated);
  if (call.status === GRPC.ok) call.status = GRPC.unknown;
  const instead = new HeaderList(['content-type', contentTypeFor(call.wire, null)]);
  appendStatus(instead, call.status, `The upstream answered ${status} and no gRPC.`);
  return { status: 200, headers: instead, body: null };
}

function appendStatus(fields: HeaderList, status: number, message: string): void {
  fields.append('grpc-status', String(status));
  fields.append('grpc-message', encodeMessage(message));
}
