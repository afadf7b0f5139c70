import { isHeaderValue, isHopByHop, isToken } from '../../base/header-text.ts';
import type { OutgoingRequest } from '../../gateway/exchange.ts';
import { isWebSocketHopField, WEB_SOCKET_VERSION } from '../../wire/web-socket/handshake.ts';
import { NameTable } from '../name-table.ts';

/** What a head depends on beside the request itself. */
export interface HeadOptions {
  /** Value of the Host field. */
  readonly authority: string;
  /** What stands before the path: empty, or `http://host:port` on the way to a forward proxy. */
  readonly targetPrefix: string;
  /** For a forward proxy; `null`: none is asked for, or there is none. */
  readonly proxyAuthorization: string | null;
  /** Asks for a WebSocket with this key. */
  readonly webSocketKey: string | null;
  /** The connection is not used again. */
  readonly closes: boolean;
}

/** How the end of a request body is told. */
export type BodyFraming = 'none' | 'length' | 'chunked';

export function framingOf({ body, upgrade }: OutgoingRequest): BodyFraming {
  if (body === null || upgrade !== null) return 'none';
  return body.length === null ? 'chunked' : 'length';
}

/** `generated`: written anew for each message; `hop`: of a WebSocket handshake; `foul`: no field name. */
type Writing = 'write' | 'generated' | 'hop' | 'foul';

const WRITING = new NameTable<Writing>((name) => {
  // `expect` was answered downstream.
  if (name === 'host' || name === 'content-length' || name === 'expect' || isHopByHop(name)) return 'generated';
  if (isWebSocketHopField(name)) return 'hop';
  return isToken(name) ? 'write' : 'foul';
});

/** Methods whose request has a body unless it says otherwise (RFC 9110 8.6). */
const EXPECTS_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The head of a request, made from its parts and never copied: one Host, one framing field at most. `null` when a
 * part would change the meaning of the message (R8).
 */
export function requestHead(request: OutgoingRequest, options: HeadOptions): string | null {
  const { method, path, query } = request;
  const target = query === '' ? `${options.targetPrefix}${path}` : `${options.targetPrefix}${path}?${query}`;
  if (!isToken(method) || !isTarget(target) || !isTarget(options.authority)) return null;
  const fields = fieldLines(request.headers.flat, options.webSocketKey === null);
  if (fields === null) return null;
  return `${method} ${target} HTTP/1.1\r\nhost: ${options.authority}\r\n${connectionLines(options)}${fields}${framingLine(request)}\r\n`;
}

function fieldLines(flat: readonly string[], withHopFields: boolean): string | null {
  let lines = '';
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const value = flat[i + 1] as string;
    const writing = WRITING.get(name);
    if (writing === 'foul') return null;
    if (writing === 'generated' || (writing === 'hop' && !withHopFields)) continue;
    if (!isHeaderValue(value)) return null;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function connectionLines({ webSocketKey, closes, proxyAuthorization }: HeadOptions): string {
  const proof = proxyAuthorization === null ? '' : `proxy-authorization: ${proxyAuthorization}\r\n`;
  if (webSocketKey === null) return closes ? `${proof}connection: close\r\n` : proof;
  const version = `sec-websocket-version: ${WEB_SOCKET_VERSION}\r\n`;
  return `${proof}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ${webSocketKey}\r\n${version}`;
}

function framingLine(request: OutgoingRequest): string {
  switch (framingOf(request)) {
    case 'chunked':
      return 'transfer-encoding: chunked\r\n';
    case 'length':
      return `content-length: ${request.body!.length}\r\n`;
    case 'none':
      return request.upgrade === null && EXPECTS_BODY.has(request.method) ? 'content-length: 0\r\n' : '';
  }
}

/** Visible octets and nothing else, so that a target or a Host ends where it seems to. */
function isTarget(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x7f || code > 0xff) return false;
  }
  return text.length > 0;
}
