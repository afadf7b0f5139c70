import type { HeadRefusal } from './framing.ts';
import type { ListenerLimits } from './limits.ts';

/** What `node:http` tells of bytes that it could not read as a request. */
export interface ParseError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

const LINE_FEED = 0x0a;

/** The refusal for a parse error; `null` when there is nobody to tell. */
export function refusalOf(error: ParseError, limits: ListenerLimits): HeadRefusal | null {
  switch (error.code) {
    // The connection ended in the middle of a message.
    case 'HPE_INVALID_EOF_STATE':
      return null;
    case 'HPE_HEADER_OVERFLOW':
      return overflow(error, limits);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { reason: 'bad-request', status: 408, detail: 'the request head did not arrive in time' };
    default:
      return malformed(error);
  }
}

/** Anything but the HTTP parser's codes (resets, failed TLS handshakes) means that no answer would be read. */
function malformed({ code = '' }: ParseError): HeadRefusal | null {
  return code.startsWith('HPE_') ? { reason: 'bad-request', status: 400, detail: `malformed request: ${code}` } : null;
}

/** The parser has one limit for the request line and the fields; which of them broke it shows in the bytes. */
function overflow({ rawPacket }: ParseError, limits: ListenerLimits): HeadRefusal {
  const end = rawPacket?.indexOf(LINE_FEED) ?? 0;
  return end < 0 || end > limits.targetBytes
    ? { reason: 'bad-path', status: 414, detail: 'the request target is too long' }
    : { reason: 'bad-header', status: 431, detail: 'the header fields are too large' };
}
