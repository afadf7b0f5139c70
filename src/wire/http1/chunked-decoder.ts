import { ChunkExtensions } from './chunk-extension.ts';
import { FieldSection } from './field-section.ts';
import { NO_LENGTH } from './framing-facts.ts';
import { HeadReader } from './head-reader.ts';
import { CR, LF } from './octets.ts';
import { INCOMPLETE, MALFORMED } from './parse-result.ts';

/** What `ChunkedDecoder.advance` came upon. */
export type ChunkStep = 'more' | 'data' | 'end' | 'malformed';

const SIZE_DIGITS = 16;
const TRAILER_BYTES = 8 * 1024;
const TRAILER_FIELDS = 64;

const SEMICOLON = 0x3b;

/** Values of hexadecimal digits, -1 for other octets. */
const HEX = Int8Array.from({ length: 256 }, (_, octet) => {
  const text = String.fromCharCode(octet);
  return '0123456789abcdefABCDEF'.includes(text) ? Number.parseInt(text, 16) : -1;
});

/** The field lines behind the last chunk. */
class TrailerParser {
  readonly headBytes = TRAILER_BYTES;
  readonly mayBeginWithEmptyLine = false;
  fields: string[] = [];
  readonly #section = new FieldSection(TRAILER_FIELDS);

  parse(bytes: Buffer, from: number, to: number): number {
    const end = this.#section.scan(bytes, from, Math.min(to, from + TRAILER_BYTES));
    if (end < 0) return end === INCOMPLETE && to - from < TRAILER_BYTES ? INCOMPLETE : MALFORMED;
    this.fields = this.#section.take(bytes.toString('latin1', from, end), from);
    return this.#saysFraming() ? MALFORMED : end;
  }

  /** RFC 9110 6.5.1: framing cannot be told behind the body, and a reader that believed it would read on elsewhere. */
  #saysFraming(): boolean {
    const { contentLength, transferCoding } = this.#section.facts;
    return contentLength !== NO_LENGTH || transferCoding !== 'none';
  }
}

/** Holds nothing between two calls, so one serves every decoder. */
const TRAILERS = new TrailerParser();

/**
 * Takes the chunks of one message apart (RFC 9112 7.1), strictly: `1*HEXDIG`, CRLF, no blanks. The caller pulls:
 * each step gives at most one run of data, which is a part of the caller's own bytes.
 */
export class ChunkedDecoder {
  /** After a step: the index behind what was read. */
  at = 0;
  /** After a step that gave `data`: it lies in `[dataBegin, at)`. */
  dataBegin = 0;
  /** After `end`: names in lower case and values, alternating; `null` when there are none. */
  trailers: string[] | null = null;
  #state: 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailers' | 'end' | 'malformed' = 'size';
  #digits = 0;
  #left = 0;
  /** Most messages have none. */
  #extensions: ChunkExtensions | null = null;
  #trailers: HeadReader | null = null;

  /** Reads `bytes[from, to)` up to the next event; call again from `at` until it gives `more` or the message is over. */
  advance(bytes: Buffer, from: number, to: number): ChunkStep {
    this.at = from;
    while (this.at < to) {
      if (this.#state === 'data') return this.#readData(to);
      if (this.#state === 'trailers') return this.#readTrailers(bytes, to);
      if (this.#state === 'end') return 'end';
      if (!this.#accept(bytes[this.at] as number)) {
        this.#state = 'malformed';
        return 'malformed';
      }
      this.at++;
    }
    return 'more';
  }

  #readData(to: number): ChunkStep {
    this.dataBegin = this.at;
    const length = Math.min(this.#left, to - this.at);
    this.at += length;
    this.#left -= length;
    if (this.#left === 0) this.#state = 'data-cr';
    return 'data';
  }

  #readTrailers(bytes: Buffer, to: number): ChunkStep {
    this.#trailers ??= new HeadReader(TRAILERS);
    const end = this.#trailers.read(bytes, this.at, to);
    if (end === INCOMPLETE) {
      this.at = to;
      return 'more';
    }
    if (end < 0) {
      this.#state = 'malformed';
      return 'malformed';
    }
    this.at = end;
    this.#state = 'end';
    if (TRAILERS.fields.length > 0) this.trailers = TRAILERS.fields;
    return 'end';
  }

  /** Everything of one octet: sizes, extensions and line ends. `false`: it may not stand there. */
  #accept(octet: number): boolean {
    switch (this.#state) {
      case 'size':
        return this.#acceptSize(octet);
      case 'extension':
        return this.#acceptExtension(octet);
      case 'size-lf':
        return octet === LF && this.#endSize();
      case 'data-cr':
        return octet === CR && this.#to('data-lf');
      case 'data-lf':
        return octet === LF && this.#to('size');
      default:
        return false;
    }
  }

  #acceptSize(octet: number): boolean {
    const digit = HEX[octet] as number;
    if (digit < 0) {
      if (this.#digits === 0) return false;
      if (octet === CR) return this.#to('size-lf');
      return octet === SEMICOLON && this.#to('extension') && this.#acceptExtension(octet);
    }
    this.#left = this.#left * 16 + digit;
    this.#digits++;
    return this.#digits <= SIZE_DIGITS && Number.isSafeInteger(this.#left);
  }

  #acceptExtension(octet: number): boolean {
    this.#extensions ??= new ChunkExtensions();
    return octet === CR ? this.#extensions.end() && this.#to('size-lf') : this.#extensions.accept(octet);
  }

  #endSize(): boolean {
    this.#digits = 0;
    return this.#to(this.#left === 0 ? 'trailers' : 'data');
  }

  #to(state: 'extension' | 'size-lf' | 'data' | 'data-lf' | 'size' | 'trailers'): true {
    this.#state = state;
    return true;
  }
}
