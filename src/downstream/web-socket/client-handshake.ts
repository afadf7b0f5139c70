import { isWebSocketKey, WEB_SOCKET_VERSION } from '../../wire/web-socket/handshake.ts';

/** What a client's WebSocket handshake is worth, once `Upgrade` (or `:protocol`) asked for one. */
export type ClientHandshake =
  | { readonly kind: 'valid'; readonly key: string }
  /** Answered with 426 and the version that is spoken. RFC 6455 4.2.2 */
  | { readonly kind: 'other-version' }
  | { readonly kind: 'malformed'; readonly detail: string };

/**
 * Reads a handshake over HTTP/1.1, RFC 6455 4.2.1.
 * @param fields names in lower case and values in turn
 */
export function readHandshake(fields: readonly string[]): ClientHandshake {
  const version = checkVersion(fields);
  if (version !== null) return version;
  const key = only(fields, 'sec-websocket-key');
  if (key === null || !isWebSocketKey(key)) return malformed('Sec-WebSocket-Key is missing, repeated or not 16 bytes');
  return { kind: 'valid', key };
}

/** Reads one over HTTP/2, which has no key; RFC 8441 5. `key` is empty. */
export function readHttp2Handshake(fields: readonly string[]): ClientHandshake {
  return checkVersion(fields) ?? { kind: 'valid', key: '' };
}

function checkVersion(fields: readonly string[]): ClientHandshake | null {
  const version = only(fields, 'sec-websocket-version');
  if (version === null) return malformed('Sec-WebSocket-Version is missing or repeated');
  return version === WEB_SOCKET_VERSION ? null : { kind: 'other-version' };
}

/** The value of a field that must stand exactly once. */
function only(fields: readonly string[], name: string): string | null {
  let found: string | null = null;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== name) continue;
    if (found !== null) return null;
    found = fields[i + 1] as string;
  }
  return found;
}

function malformed(detail: string): ClientHandshake {
  return { kind: 'malformed', detail };
}
