import { CR, LF } from './octets.ts';
import { INCOMPLETE, MALFORMED } from './parse-result.ts';

/** Reads heads that lie in one piece. */
export interface HeadParser {
  /** Bytes that a head may have. */
  readonly headBytes: number;
  readonly mayBeginWithEmptyLine: boolean;
  /** Reads the head that begins at `from`. Gives the index behind it, or a code of `parse-result.ts`. */
  parse(bytes: Buffer, from: number, to: number): number;
}

const FIRST_ROOM = 1024;

/**
 * Feeds a parser with heads that may arrive in pieces. A head in one piece is parsed where it lies; otherwise its
 * pieces are kept, and it is parsed when its last line is here, so that a byte at a time costs no more than a few
 * looks at each byte.
 */
export class HeadReader {
  readonly #parser: HeadParser;
  #kept: Buffer | null = null;
  #length = 0;
  /** The kept bytes end in the middle of a line: how many it has so far, without its CR. */
  #inLine = 0;
  #afterCr = false;
  #lines = 0;

  constructor(parser: HeadParser) {
    this.#parser = parser;
  }

  /** Whether a head has begun and is not complete. */
  get hasBegun(): boolean {
    return this.#kept !== null;
  }

  /** The index in `bytes` behind the head, or a code; `INCOMPLETE`: all of `bytes[from, to)` was taken. */
  read(bytes: Buffer, from: number, to: number): number {
    if (from === to) return INCOMPLETE;
    if (this.#kept !== null) return this.#readOn(bytes, from, to);
    const end = this.#parser.parse(bytes, from, to);
    if (end !== INCOMPLETE) return end;
    const broken = this.#findEnd(bytes, from, to);
    this.#keep(bytes, from, to);
    return broken === MALFORMED ? MALFORMED : INCOMPLETE;
  }

  #readOn(bytes: Buffer, from: number, to: number): number {
    const end = this.#findEnd(bytes, from, to);
    if (end === MALFORMED) return MALFORMED;
    this.#keep(bytes, from, end === INCOMPLETE ? to : end);
    if (end === INCOMPLETE && this.#length < this.#parser.headBytes) return INCOMPLETE;
    const read = this.#parser.parse(this.#kept as Buffer, 0, this.#length);
    if (read < 0) return read;
    this.#forget();
    return end;
  }

  /** The index behind the empty line that ends the head. Says at once when a line does not end in CRLF. */
  #findEnd(bytes: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const octet = bytes[at];
      if (octet === LF) {
        if (!this.#afterCr) return MALFORMED;
        if (this.#endLine()) return at + 1;
      } else if (this.#afterCr) {
        return MALFORMED;
      } else if (octet === CR) {
        this.#afterCr = true;
      } else {
        this.#inLine++;
      }
    }
    return INCOMPLETE;
  }

  /** Whether the line was the empty one. */
  #endLine(): boolean {
    const isEmpty = this.#inLine === 0;
    const isFirst = this.#lines === 0;
    this.#afterCr = false;
    this.#inLine = 0;
    this.#lines++;
    return isEmpty && !(isFirst && this.#parser.mayBeginWithEmptyLine);
  }

  /** Keeps a copy: at most as many bytes as a head may have. */
  #keep(bytes: Buffer, from: number, to: number): void {
    const room = Math.min(this.#length + to - from, this.#parser.headBytes);
    if (this.#kept === null || this.#kept.length < room) this.#grow(room);
    this.#length += bytes.copy(this.#kept as Buffer, this.#length, from, to);
  }

  #grow(room: number): void {
    const size = Math.min(Math.max(room, (this.#kept?.length ?? 0) * 2, FIRST_ROOM), this.#parser.headBytes);
    const grown = Buffer.allocUnsafeSlow(size);
    this.#kept?.copy(grown, 0, 0, this.#length);
    this.#kept = grown;
  }

  #forget(): void {
    this.#kept = null;
    this.#length = 0;
    this.#inLine = 0;
    this.#afterCr = false;
    this.#lines = 0;
  }
}
