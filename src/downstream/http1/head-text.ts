import { STATUS_CODES } from 'node:http';
import type { HeaderList } from '../../base/header-list.ts';
import { isHeaderValue, isHopByHop, isToken } from '../../base/header-text.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Response } from '../../gateway/outcome.ts';
import { webSocketAccept } from '../../wire/web-socket/handshake.ts';
import { ownText } from '../canonical/characters.ts';

/** The answer has no body, whatever its head says of one: HEAD, 204, 304, 1xx. */
export const NONE = -1;
/** The body is chunked. */
export const CHUNKED = -2;
/** The body ends with the connection, for HTTP/1.0. */
export const UNTIL_CLOSE = -3;

/** What the head says beside the fields of the answer. */
export interface HeadOptions {
  readonly status: number;
  readonly headers: HeaderList;
  /** Bytes of the body, or one of the constants above. */
  readonly framing: number;
  readonly closes: boolean;
  /** Further field lines. */
  readonly extra: string;
}

/**
 * The head of an answer, generated: hop-by-hop fields are dropped and framing is written anew. `null` when a field
 * could not be written without changing the meaning of the message (R8: CR, LF, NUL).
 */
export function headText({ status, headers, framing, closes, extra }: HeadOptions): string | null {
  const fields = fieldLines(headers, framing === NONE && status !== 204);
  if (fields === null) return null;
  const date = headers.has('date') ? '' : dateLine();
  return `${statusLine(status)}${fields}${date}${extra}${framingLine(framing)}${closes ? CLOSE : ''}\r\n`;
}

const CLOSE = 'connection: close\r\n';

const statusLines = new Map<number, string>();

export function statusLine(status: number): string {
  return statusLines.get(status) ?? learnStatusLine(status);
}

function learnStatusLine(status: number): string {
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  statusLines.set(status, line);
  return line;
}

function framingLine(framing: number): string {
  if (framing >= 0) return `content-length: ${framing}\r\n`;
  return framing === CHUNKED ? 'transfer-encoding: chunked\r\n' : '';
}

/**
 * RFC 9110 8.6: answers to HEAD and 304 may state the length of what they do not carry.
 * @returns `null` when a field cannot be written
 */
export function fieldLines({ flat }: HeaderList, keepsLength: boolean): string | null {
  let lines = '';
  for (let i = 0; i < flat.length; i += 2) {
    const begin = beginnings.get(flat[i] as string) ?? learnBeginning(flat[i] as string);
    if (begin === DROPPED || (begin === LENGTH && !keepsLength)) continue;
    const value = flat[i + 1] as string;
    if (begin === INVALID || !isHeaderValue(value)) return null;
    lines += begin + value;
    lines += '\r\n';
  }
  return lines;
}

/** Written by whoever answers a handshake, for the key of its own client. */
const WEB_SOCKET_ACCEPT = 'sec-websocket-accept';

const DROPPED = '';
const INVALID = '\r\n';
const LENGTH = 'content-length: ';

/** How the line of a field begins, for the names that were seen lately; emptied when it is full. */
const beginnings = new Map<string, string>();
const MOST_KNOWN = 1_000;

function learnBeginning(name: string): string {
  const begin = beginningOf(name);
  if (beginnings.size === MOST_KNOWN) beginnings.clear();
  if (begin !== INVALID) beginnings.set(ownText(name), begin);
  return begin;
}

function beginningOf(name: string): string {
  if (!isToken(name)) return INVALID;
  return isHopByHop(name) || name === WEB_SOCKET_ACCEPT ? DROPPED : ownText(`${name}: `);
}

/** The answer that opens a tunnel (RFC 6455 4.2.2). `null` when a field cannot be written. */
export function switchingText(headers: HeaderList, key: string): string | null {
  const fields = fieldLines(headers, false);
  if (fields === null) return null;
  const ours = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${webSocketAccept(key)}\r\n`;
  return `${statusLine(101)}${fields}${ours}\r\n`;
}

/** A whole answer that ends its connection, in one string. Its body is one of ours, in memory. */
export function refusalText({ status, headers, body }: Response, isHead: boolean): string {
  const bytes = body instanceof BufferedBody ? body.bytes : new Uint8Array(0);
  const head = headText({ status, headers, framing: bytes.byteLength, closes: true, extra: '' }) as string;
  return isHead ? head : head + Buffer.from(bytes).toString('latin1');
}

let dateSecond = 0;
let dateText = '';

/** RFC 9110 6.6.1. Changes once a second, and costs more than the rest of the head. */
function dateLine(): string {
  const second = Math.trunc(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = `date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
  return dateText;
}
