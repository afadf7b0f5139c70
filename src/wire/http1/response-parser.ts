import { FieldSection, lineEnd } from './field-section.ts';
import type { FramingFacts } from './framing-facts.ts';
import type { HeadParser } from './head-reader.ts';
import { FIELD_TEXT, SPACE } from './octets.ts';
import { HEAD_TOO_LARGE, type HeadLimits, INCOMPLETE, MALFORMED } from './parse-result.ts';
import { scanVersion } from './request-parser.ts';

/** `HTTP/1.1 ` */
const VERSION_BYTES = 9;

/** Reads heads of responses (RFC 9112 4), as `RequestParser` does those of requests. */
export class ResponseParser implements HeadParser {
  readonly headBytes: number;
  readonly mayBeginWithEmptyLine = false;
  readonly facts: FramingFacts;
  status = 0;
  minorVersion: 0 | 1 = 1;
  /** Names in lower case and values, alternating. A new array each time: whoever takes it owns it. */
  fields: string[] = [];
  readonly #section: FieldSection;

  constructor({ headBytes, headerFields }: HeadLimits) {
    this.headBytes = headBytes;
    this.#section = new FieldSection(headerFields);
    this.facts = this.#section.facts;
  }

  parse(bytes: Buffer, from: number, to: number): number {
    const most = from + this.headBytes;
    const end = this.#scan(bytes, from, Math.min(to, most));
    return end === INCOMPLETE && to >= most ? HEAD_TOO_LARGE : end;
  }

  #scan(bytes: Buffer, from: number, to: number): number {
    const line = this.#scanLine(bytes, from, to);
    if (line < 0) return line;
    const end = this.#section.scan(bytes, line, to);
    if (end < 0) return end;
    this.fields = this.#section.take(bytes.toString('latin1', line, end), line);
    return end;
  }

  #scanLine(bytes: Buffer, from: number, to: number): number {
    const minor = scanVersion(bytes, from, to);
    if (minor < 0) return minor;
    this.minorVersion = minor === 0 ? 0 : 1;
    if (from + VERSION_BYTES > to) return INCOMPLETE;
    if (bytes[from + VERSION_BYTES - 1] !== SPACE) return MALFORMED;
    return this.#scanStatus(bytes, from + VERSION_BYTES, to);
  }

  #scanStatus(bytes: Buffer, from: number, to: number): number {
    let status = 0;
    for (let i = 0; i < 3; i++) {
      if (from + i === to) return INCOMPLETE;
      const digit = (bytes[from + i] as number) - 0x30;
      if (digit < 0 || digit > 9) return MALFORMED;
      status = status * 10 + digit;
    }
    if (status < 100 || status > 599) return MALFORMED;
    this.status = status;
    return scanReason(bytes, from + 3, to);
  }
}

/** RFC 9112 4: a blank, then a phrase that means nothing. Servers are known to leave out both. */
function scanReason(bytes: Buffer, from: number, to: number): number {
  if (from === to) return INCOMPLETE;
  if (bytes[from] !== SPACE) return lineEnd(bytes, from, to);
  let at = from + 1;
  while (at < to && FIELD_TEXT[bytes[at] as number] === 1) at++;
  return lineEnd(bytes, at, to);
}
