import type { Exchange, GrpcCall } from '../exchange.ts';
import { wireOf } from '../grpc/content-type.ts';
import { parseGrpcPath } from '../grpc/path.ts';
import { parseTimeout } from '../grpc/timeout.ts';
import { WebTextRequestBody } from '../grpc/web-text-request.ts';
import { type Refusal, refuse } from '../outcome.ts';
import type { DecidingStep } from '../step.ts';

/** Every request of a gRPC Service is a call of a method, or a browser's question whether it may call one. */
export const grpc: DecidingStep = (x) => {
  if (x.service!.resource.spec.mode !== 'GRPC' || isPreflight(x)) return null;
  const wire = wireOfRequest(x);
  if (wire === null) return refuse('grpc-protocol');
  const method = x.request.query === '' ? parseGrpcPath(x.request.path) : null;
  if (method === null) return refuse('grpc-path');
  const timeout = timeoutOf(x);
  if (typeof timeout === 'object' && timeout !== null) return timeout;
  x.grpc = { ...method, wire, timeout, status: null, resetCode: null };
  if (wire === 'web-text' && x.body !== null) x.body = new WebTextRequestBody(x.body);
  return null;
};

/** gRPC needs HTTP/2; its web forms were made for clients that cannot use it. */
function wireOfRequest({ request }: Exchange): GrpcCall['wire'] | null {
  const wire = request.method === 'POST' ? wireOf(request.headers.get('content-type')) : null;
  return wire === 'grpc' && request.httpVersion !== '2' ? null : wire;
}

/** @returns milliseconds, `null` without a timeout */
function timeoutOf({ request }: Exchange): number | null | Refusal {
  const value = request.headers.get('grpc-timeout');
  if (value === null) return null;
  return parseTimeout(value) ?? refuse('bad-header', 'the grpc-timeout is malformed');
}

/** A CORS preflight calls no method; whatever answers it for other Services does so here. */
function isPreflight({ request }: Exchange): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
}
