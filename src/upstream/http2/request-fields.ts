import { isHeaderValue, isHopByHop } from '../../base/header-text.ts';
import type { GrpcCall, OutgoingRequest } from '../../gateway/exchange.ts';
import { contentTypeFor } from '../../gateway/grpc/content-type.ts';
import { formatTimeout } from '../../gateway/grpc/timeout.ts';
import { UpstreamFailure } from '../failures.ts';
import { NameTable } from '../name-table.ts';
import type { Attempt } from '../transport.ts';

/** Written anew for each request, whatever the outgoing one says. `expect` was answered downstream. */
const GENERATED: ReadonlySet<string> = new Set(['host', 'content-length', 'expect']);

/** The same on gRPC calls. */
const GENERATED_FOR_GRPC: ReadonlySet<string> = new Set(['content-type', 'grpc-timeout', 'x-grpc-web']);

type Sending = 'always' | 'unless-grpc' | 'never';

const SENDING = new NameTable<Sending>((name) => {
  if (GENERATED.has(name) || isHopByHop(name)) return 'never';
  return GENERATED_FOR_GRPC.has(name) ? 'unless-grpc' : 'always';
});

/**
 * The fields of a request, pseudo fields first, alternating names and values.
 * @throws UpstreamFailure on a value that would change the meaning of the message (R8)
 */
export function requestFields({ x, authority }: Attempt, scheme: string, now: number): string[] {
  const { method, path, query, headers, body } = x.outgoing!;
  const target = query === '' ? path : `${path}?${query}`;
  const fields = [':method', method, ':scheme', scheme, ':authority', authority, ':path', target];
  const { flat } = headers;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const sending = SENDING.get(name);
    if (sending === 'never' || (sending === 'unless-grpc' && x.grpc !== null)) continue;
    const value = flat[i + 1] as string;
    if (!isHeaderValue(value)) throw new UpstreamFailure('internal-error', `the field ${name} cannot be sent`);
    fields.push(name, value);
  }
  if (x.grpc !== null) addGrpcFields(fields, x.grpc, x.outgoing!, now - x.timings.accepted);
  else if (body !== null && body.length !== null) fields.push('content-length', String(body.length));
  return fields;
}

/** gRPC over HTTP/2, "Requests". The caller's time runs since we accepted the call. */
function addGrpcFields(fields: string[], call: GrpcCall, { headers }: OutgoingRequest, elapsed: number): void {
  fields.push('te', 'trailers', 'content-type', contentTypeFor('grpc', headers.get('content-type')));
  if (call.timeout !== null) fields.push('grpc-timeout', formatTimeout(call.timeout - elapsed));
}
