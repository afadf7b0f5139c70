import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { newRequestId } from '../base/ids.ts';
import { Exchange } from '../gateway/exchange.ts';
import type { Kernel } from '../gateway/kernel.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { type Accepted, accept } from './accept.ts';
import type { Connection } from './connection.ts';
import type { HeadRefusal } from './framing.ts';
import type { ListenerLimits } from './limits.ts';
import { RequestBody } from './request-body.ts';
import { createResponseWriter } from './response-writer.ts';
import { answerUnparsed, unparsed } from './unparsed.ts';

/** What every request of a listener is served with. */
export interface ServeParts {
  readonly kernel: Kernel;
  readonly snapshot: () => Snapshot;
  readonly clock: Clock;
  readonly limits: ListenerLimits;
  readonly isDraining: () => boolean;
}

/** One request of `node:http` whose turn has come. */
export interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  /** The client holds its body back until it is told to go on (RFC 9110 10.1.1). */
  readonly expectsContinue: boolean;
}

/** Takes one request through the kernel. Resolves when its answer is out, or its connection gone. */
export async function serve(incoming: Incoming, parts: ServeParts): Promise<void> {
  const snapshot = parts.snapshot();
  const accepted = accept(incoming.request, snapshot, parts.limits);
  return 'reason' in accepted ? refuseHead(incoming, accepted, parts) : handle(incoming, accepted, snapshot, parts);
}

/** The rest of the connection cannot be trusted to begin where a request begins, so it ends here. */
export function refuseHead(incoming: Incoming, refusal: HeadRefusal, { kernel }: ServeParts): Promise<void> {
  const request = unparsed(incoming.request.socket, refusal);
  incoming.connection.closeAfterThis();
  kernel.refusedUnparsed(request);
  return answerUnparsed(incoming.response, request);
}

async function handle(incoming: Incoming, accepted: Accepted, snapshot: Snapshot, parts: ServeParts): Promise<void> {
  const { request, response, connection } = incoming;
  const body = bodyOf(incoming, accepted, parts.limits);
  const x = new Exchange(newRequestId(), snapshot, accepted.head, body, parts.clock.monotonic());
  if (body !== null) body.exchange = x;
  connection.body = body;
  response.on('close', () => clientGone(x, response));
  const { limits, isDraining } = parts;
  const socket = request.socket;
  await parts.kernel.handle(
    x,
    createResponseWriter({ to: response, socket, connection, requestBody: body, limits, isDraining }),
  );
  if (!response.writableFinished) socket.destroy();
  if (isDraining()) connection.closeAfterThis();
}

function bodyOf(
  { request, response, expectsContinue }: Incoming,
  { framing }: Accepted,
  limits: ListenerLimits,
): RequestBody | null {
  if (!framing.hasBody) return null;
  return new RequestBody(request, framing.length, expectsContinue ? response : null, limits);
}

function clientGone(x: Exchange, response: ServerResponse): void {
  if (response.writableFinished) return;
  x.aborted = true;
  x.cancelUpstream?.();
}
