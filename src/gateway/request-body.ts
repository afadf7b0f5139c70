import type { Awaitable } from '../base/awaitable.ts';
import { type Body, BufferedBody } from './body.ts';
import { readBudgeted } from './budgeted-body.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal } from './outcome.ts';

export type RequestBytes = { readonly kind: 'read'; readonly bytes: Uint8Array } | Refusal;

const NOTHING: RequestBytes = { kind: 'read', bytes: new Uint8Array(0) };

/**
 * The whole body that the upstream will get, for a plugin behind authorization that looks at it. It is read now unless
 * it was before; those behind, the upstream too, get the same bytes. Not for tunnels and gRPC, whose bodies may not end.
 *
 * @param limit bytes that are read; a body that is in memory already may be larger
 */
export function requestBytes(x: Exchange, limit: number): Awaitable<RequestBytes> {
  const body = x.outgoing!.body;
  if (body === null) return NOTHING;
  return body instanceof BufferedBody ? { kind: 'read', bytes: body.bytes } : readAndKeep(x, body, limit);
}

async function readAndKeep(x: Exchange, body: Body, limit: number): Promise<RequestBytes> {
  const reading = await readBudgeted(x, body, limit, x.bodyLimits!);
  if (reading.kind === 'refusal') return reading;
  const kept = new BufferedBody(reading.bytes);
  if (x.body === body) x.body = kept;
  x.outgoing!.body = kept;
  return reading;
}
