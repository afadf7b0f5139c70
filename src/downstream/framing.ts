import type { IncomingMessage } from 'node:http';
import type { Reason } from '../gateway/reasons.ts';
import { isDigits } from './canonical/characters.ts';
import type { ListenerLimits } from './limits.ts';

/** A head that is refused before it is looked at any closer. */
export interface HeadRefusal {
  readonly reason: Reason;
  readonly status: number;
  readonly detail: string;
}

/** How a request body is delimited (RFC 9112 6). */
export interface Framing {
  readonly kind: 'framing';
  readonly hasBody: boolean;
  /** Content-Length; `null` for chunked. */
  readonly length: number | null;
}

const NO_BODY: Framing = { kind: 'framing', hasBody: false, length: null };
const CHUNKED: Framing = { kind: 'framing', hasBody: true, length: null };

/** The limits of a head that the parser does not hold. */
export function checkLimits({ url, rawHeaders }: IncomingMessage, limits: ListenerLimits): HeadRefusal | null {
  if ((url ?? '').length > limits.targetBytes) {
    return { reason: 'bad-path', status: 414, detail: 'the request target is too long' };
  }
  if (rawHeaders.length / 2 > limits.headerFields) {
    return { reason: 'bad-header', status: 431, detail: 'the request has too many header fields' };
  }
  return null;
}

/**
 * The parser refuses most malformed framing; what it lets through (other transfer codings before `chunked`,
 * Transfer-Encoding in HTTP/1.0) is what servers behind a proxy read in different ways.
 */
export function framingOf(request: IncomingMessage): Framing | HeadRefusal {
  const codings = valuesOf(request, 'transfer-encoding');
  const lengths = valuesOf(request, 'content-length');
  if (codings.length > 0) return chunkedFraming(request, codings, lengths);
  if (lengths.length === 0) return NO_BODY;
  return lengths.length > 1 ? malformed('several Content-Length fields') : fixedFraming(lengths[0] as string);
}

function chunkedFraming({ httpVersion }: IncomingMessage, codings: string[], lengths: string[]): Framing | HeadRefusal {
  if (httpVersion !== '1.1') return malformed('Transfer-Encoding in HTTP/1.0');
  if (lengths.length > 0) return malformed('Content-Length beside Transfer-Encoding');
  if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') return malformed('unknown transfer coding');
  return CHUNKED;
}

function fixedFraming(text: string): Framing | HeadRefusal {
  const length = isDigits(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(length)) return malformed('malformed Content-Length');
  return length === 0 ? NO_BODY : { kind: 'framing', hasBody: true, length };
}

function malformed(detail: string): HeadRefusal {
  return { reason: 'bad-request', status: 400, detail };
}

function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() === name) values.push(rawHeaders[i + 1] as string);
  }
  return values;
}
