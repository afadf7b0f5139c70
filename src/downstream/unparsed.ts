import { newRequestId } from '../base/ids.ts';
import type { UnparsedRequest } from '../gateway/kernel.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';
import { REASONS, type Reason } from '../gateway/reasons.ts';
import { WEB_SOCKET_VERSION } from '../wire/web-socket/handshake.ts';
import { problem } from './problem.ts';

/** A head that is refused before there is an exchange. */
export interface HeadRefusal {
  readonly reason: Reason;
  readonly status: number;
  readonly detail: string;
}

/** RFC 9110 15.5.6: an answer 405 says what would have been allowed. */
const SERVED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

export function unparsed(peerAddress: string, { reason, status, detail }: HeadRefusal): UnparsedRequest {
  return { id: newRequestId(), clientAddress: peerAddress, reason, status, detail };
}

export function headRefusal({ reason, detail }: Refusal): HeadRefusal {
  return { reason, status: REASONS[reason].status, detail: detail ?? reason };
}

/** The answer to a request that never became an exchange. */
export function refusalResponse({ id, reason, status }: UnparsedRequest): Response {
  const response = problem(id, reason, status);
  if (status === 405) response.headers.set('allow', SERVED_METHODS);
  if (status === 426) response.headers.set('sec-websocket-version', WEB_SOCKET_VERSION);
  return response;
}
