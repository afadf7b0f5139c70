import type { HeaderList } from '../../base/header-list.ts';
import { isHeaderValue, isHopByHop, isToken } from '../../base/header-text.ts';
import { isLocalhostName } from '../../base/localhost.ts';
import type { RequestHead } from '../../gateway/exchange.ts';
import type { Response } from '../../gateway/outcome.ts';
import { ownText } from '../canonical/characters.ts';

/** The answer has no body, whatever its head says of one: HEAD, 204, 205, 304. */
export const NONE = -1;
/** The body ends with the stream. */
export const OPEN = -2;

/** Bytes of the body of an answer, or one of the constants above. */
export function bodyLength({ status, body }: Response, method: string): number {
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304) return NONE;
  if (body === null) return 0;
  return body.length ?? OPEN;
}

type FieldClass = 'kept' | 'dropped' | 'length' | 'invalid';

/** What is done with a field, for the names that were seen lately; emptied when it is full. */
const classes = new Map<string, FieldClass>();
const MOST_KNOWN = 1_000;

/**
 * The head of an answer, generated: names and values in turn, `:status` first. Fields of one connection are dropped and
 * framing is written anew. `null` when a field could not be written (R8).
 */
export function responseFields(status: number, { flat }: HeaderList, length: number): string[] | null {
  const fields = [':status', String(status)];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const value = flat[i + 1] as string;
    const kind = classes.get(name) ?? classify(name);
    if (kind === 'invalid' || !isHeaderValue(value)) return null;
    if (kind === 'kept' || (kind === 'length' && keepsStatedLength(status, length))) fields.push(name, value);
  }
  if (length >= 0) fields.push('content-length', String(length));
  return fields;
}

function classify(name: string): FieldClass {
  const kind = classOf(name);
  if (classes.size === MOST_KNOWN) classes.clear();
  if (kind !== 'invalid') classes.set(ownText(name), kind);
  return kind;
}

function classOf(name: string): FieldClass {
  if (!isToken(name)) return 'invalid';
  if (name === 'content-length') return 'length';
  return isHopByHop(name) ? 'dropped' : 'kept';
}

/** RFC 9110 8.6: answers to HEAD and 304 may state the length of what they do not carry. */
function keepsStatedLength(status: number, length: number): boolean {
  return length === NONE && status !== 204 && status !== 205;
}

/** RFC 6797. Without includeSubDomains: names below a Service's are not ours to speak for. */
const HSTS = 'strict-transport-security';
const ONE_YEAR = 'max-age=31536000';

/** Not for localhost: a browser would keep it, and refuse the next plain demo on this machine. */
export function addHsts(fields: string[], { headers }: Response, { host }: RequestHead): void {
  if (!headers.has(HSTS) && !isLocalhostName(host)) fields.push(HSTS, ONE_YEAR);
}
