import { LONGEST_METHOD } from '../method.ts';
import { FieldSection, lineEnd } from './field-section.ts';
import type { FramingFacts } from './framing-facts.ts';
import type { HeadParser } from './head-reader.ts';
import { CR, METHOD, SPACE, TARGET } from './octets.ts';
import { HEAD_TOO_LARGE, type HeadLimits, INCOMPLETE, MALFORMED, TARGET_TOO_LONG } from './parse-result.ts';

export interface RequestLimits extends HeadLimits {
  readonly targetBytes: number;
}

/** `HTTP/1.` */
const VERSION = Uint8Array.from(Buffer.from('HTTP/1.', 'latin1'));

/**
 * Reads heads of requests (RFC 9112 3) in one pass over their bytes. One instance serves any number of connections,
 * because it holds nothing between two calls: what it found is valid until the next one.
 */
export class RequestParser implements HeadParser {
  readonly headBytes: number;
  readonly mayBeginWithEmptyLine = true;
  readonly facts: FramingFacts;
  method = '';
  target = '';
  minorVersion: 0 | 1 = 1;
  /** Names in lower case and values, alternating. A new array each time: whoever takes it owns it. */
  fields: string[] = [];
  readonly #targetBytes: number;
  readonly #section: FieldSection;
  #methodEnd = 0;
  #targetEnd = 0;

  constructor({ headBytes, headerFields, targetBytes }: RequestLimits) {
    this.headBytes = headBytes;
    this.#targetBytes = targetBytes;
    this.#section = new FieldSection(headerFields);
    this.facts = this.#section.facts;
  }

  parse(bytes: Buffer, from: number, to: number): number {
    const most = from + this.headBytes;
    const end = this.#scan(bytes, from, Math.min(to, most));
    return end === INCOMPLETE && to >= most ? HEAD_TOO_LARGE : end;
  }

  #scan(bytes: Buffer, from: number, to: number): number {
    // RFC 9112 2.2: an empty line before the request line is forgiven, one.
    const begin = bytes[from] === CR ? lineEnd(bytes, from, to) : from;
    if (begin < 0) return begin;
    const line = this.#scanLine(bytes, begin, to);
    if (line < 0) return line;
    const end = this.#section.scan(bytes, line, to);
    if (end < 0) return end;
    const text = bytes.toString('latin1', begin, end);
    this.method = text.substring(0, this.#methodEnd - begin);
    this.target = text.substring(this.#methodEnd + 1 - begin, this.#targetEnd - begin);
    this.fields = this.#section.take(text, begin);
    return end;
  }

  #scanLine(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && METHOD[bytes[at] as number] === 1) at++;
    if (at - from > LONGEST_METHOD) return MALFORMED;
    if (at === to) return INCOMPLETE;
    if (at === from || bytes[at] !== SPACE) return MALFORMED;
    this.#methodEnd = at;
    at = this.#scanTarget(bytes, at + 1, to);
    return at < 0 ? at : this.#scanVersion(bytes, at + 1, to);
  }

  #scanTarget(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && TARGET[bytes[at] as number] === 1) at++;
    if (at - from > this.#targetBytes) return TARGET_TOO_LONG;
    if (at === to) return INCOMPLETE;
    if (at === from || bytes[at] !== SPACE) return MALFORMED;
    this.#targetEnd = at;
    return at;
  }

  #scanVersion(bytes: Buffer, from: number, to: number): number {
    const minor = scanVersion(bytes, from, to);
    if (minor < 0) return minor;
    this.minorVersion = minor === 0 ? 0 : 1;
    return lineEnd(bytes, from + VERSION.length + 1, to);
  }
}

/** RFC 9112 2.3: case-sensitive, and no other version is spoken. Gives the minor one. */
export function scanVersion(bytes: Buffer, from: number, to: number): number {
  for (let i = 0; i < VERSION.length; i++) {
    if (from + i === to) return INCOMPLETE;
    if (bytes[from + i] !== VERSION[i]) return MALFORMED;
  }
  if (from + VERSION.length === to) return INCOMPLETE;
  const minor = (bytes[from + VERSION.length] as number) - 0x30;
  return minor === 0 || minor === 1 ? minor : MALFORMED;
}
