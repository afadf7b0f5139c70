import { STATUS_CODES } from 'node:http';
import { HeaderList } from '../base/header-list.ts';
import { BufferedBody } from '../gateway/body.ts';
import type { Response } from '../gateway/outcome.ts';
import { REASONS, type Reason } from '../gateway/reasons.ts';

export const REQUEST_ID_HEADER = 'x-ostiary-request-id';
export const REASON_HEADER = 'x-ostiary-reason';

/** Extension members (RFC 9457 3.2). */
export interface ProblemMembers {
  /** Path on this host that a page of it opens, with `?to=` and its own path, and that comes back to it. */
  readonly signIn?: string;
}

/** A refusal for programs: problem details (RFC 9457), with the public text only. */
export function problem(requestId: string, reason: Reason, status: number, more: ProblemMembers = {}): Response {
  const body = {
    type: `urn:ostiary:refusal:${reason}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: REASONS[reason].text,
    reason,
    requestId,
    ...more,
  };
  const headers = HeaderList.from([['content-type', 'application/problem+json']]);
  setRefusalHeaders(headers, requestId, reason);
  return { status, headers, body: new BufferedBody(JSON.stringify(body)) };
}

/** What every refusal carries, whatever it looks like. */
export function setRefusalHeaders(headers: HeaderList, requestId: string, reason: Reason): void {
  headers.set('cache-control', 'no-store');
  headers.set('x-content-type-options', 'nosniff');
  headers.set(REQUEST_ID_HEADER, requestId);
  headers.set(REASON_HEADER, reason);
}
