import { quote } from '../describe.ts';
import type { Finding } from './finding.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // RFC 9110 §5.6.2
const FORBIDDEN_IN_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** They belong to one connection or frame the message (RFC 9110 §7.6.1, RFC 9112 §6): we alone set them. */
const OURS_TO_SET = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function headerNameFormat(name: string): Finding | null {
  if (!TOKEN.test(name)) return { message: `${quote(name)} is not a header name`, suggestion: nameHint(name) };
  const lower = name.toLowerCase();
  if (lower === 'host') return { message: 'the Host header has its own field', suggestion: 'use http.header.host' };
  return OURS_TO_SET.has(lower)
    ? { message: `the header ${quote(name)} belongs to the connection and cannot be changed` }
    : null;
}

function nameHint(name: string): string | null {
  const bare = name.trim().replace(/:$/, '');
  return TOKEN.test(bare) ? `write "${bare}"` : null;
}

export function headerValueFormat(value: string): Finding | null {
  return FORBIDDEN_IN_VALUE.test(value)
    ? { message: 'a header value cannot have line breaks or control characters', suggestion: blockHint(value) }
    : null;
}

/** A YAML block text ends with a line break that nobody sees. */
function blockHint(value: string): string | null {
  return FORBIDDEN_IN_VALUE.test(value.trimEnd()) ? null : 'write it on one line, without "|" or ">"';
}

/** Fields that mean something else to us, to clients or to upstreams; clients could not send them any more. */
const TAKEN =
  /^(accept|accept-.*|access-control-.*|age|allow|alt-svc|authorization|cache-control|content-.*|cookie2?|date|dnt|etag|expect|forwarded|from|grpc-.*|host|http2-settings|if-.*|last-.*|link|location|max-forwards|origin|pragma|priority|proxy|range|referer|sec-.*|server|set-cookie2?|tracestate|traceparent|upgrade-insecure-requests|user-agent|vary|via|www-authenticate|x-forwarded-(for|host|port|prefix|proto|scheme|server|uri|method)|x-grpc-.*|x-ostiary-(auth|debug|decision|reason|request-id)|x-real-ip|x-request-id|x-requested-with|x-user-agent)$/;

/** A header that upstreams believe: clients can never send it, on any Service. */
export function identityHeaderFormat(name: string): Finding | null {
  const general = headerNameFormat(name);
  if (general !== null) return general;
  if (!/^[A-Za-z0-9-]+$/.test(name)) {
    const message = `${quote(name)} has more than letters, digits and hyphens, which upstreams confuse`;
    return { message, suggestion: 'such as "X-Webauth-User"' };
  }
  if (!TAKEN.test(name.toLowerCase())) return null;
  return { message: `the header ${quote(name)} has a meaning of its own`, suggestion: 'such as "X-Webauth-User"' };
}
