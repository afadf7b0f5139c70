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
