import { isLineEnd } from './characters.ts';
import { readEscape } from './escape.ts';
import type { Token } from './token.ts';

/** How a string or bytes literal is written. */
export interface TextShape {
  readonly isBytes: boolean;
  readonly isRaw: boolean;
  /** One quotation mark or three. */
  readonly quote: string;
  /** Where its text begins. */
  readonly body: number;
}

/** `null` where no string or bytes literal begins. */
export function textShape(source: string, start: number): TextShape | null {
  const isBytes = source[start] === 'b' || source[start] === 'B';
  const afterB = isBytes ? start + 1 : start;
  const isRaw = source[afterB] === 'r' || source[afterB] === 'R';
  const at = isRaw ? afterB + 1 : afterB;
  const mark = source[at];
  if (mark !== '"' && mark !== "'") return null;
  const quote = source.startsWith(mark.repeat(3), at) ? mark.repeat(3) : mark;
  return { isBytes, isRaw, quote, body: at + quote.length };
}

export function readText(source: string, start: number, shape: TextShape): Token {
  const text = shape.isBytes ? new Octets() : new Characters();
  let at = shape.body;
  for (;;) {
    const end = plainEnd(source, at, shape);
    text.addPlain(source.slice(at, end));
    if (source.startsWith(shape.quote, end)) {
      return { kind: 'literal', value: text.value(), start, end: end + shape.quote.length };
    }
    if (source[end] !== '\\') return bad(start, start, end, 'this string is not closed');
    const escaped = readEscape(source, end, shape.isBytes);
    if (!escaped.ok) return bad(end, start, end, escaped.message);
    text.addCode(escaped.code);
    at = escaped.end;
  }
}

/** Where the closing quote, an escape, or what may not stand in the text is. */
function plainEnd(source: string, from: number, { quote, isRaw }: TextShape): number {
  const isShort = quote.length === 1;
  let at = from;
  for (; at < source.length; at++) {
    const c = source.charCodeAt(at);
    if ((c === 0x5c && !isRaw) || (isShort && isLineEnd(c))) return at;
    if (source[at] === quote[0] && source.startsWith(quote, at)) return at;
  }
  return at;
}

function bad(at: number, start: number, end: number, message: string): Token {
  return { kind: 'bad', start, end, problem: { at, message, suggestion: null } };
}

/** Line ends of every system become `\n`, as in cel-go. */
function normalize(plain: string): string {
  return plain.includes('\r') ? plain.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : plain;
}

class Characters {
  #text = '';

  addPlain(plain: string): void {
    this.#text += normalize(plain);
  }

  addCode(code: number): void {
    this.#text += String.fromCodePoint(code);
  }

  value(): string {
    return this.#text;
  }
}

const ENCODER = new TextEncoder();

class Octets {
  readonly #octets: number[] = [];

  addPlain(plain: string): void {
    for (const octet of ENCODER.encode(normalize(plain))) this.#octets.push(octet);
  }

  addCode(code: number): void {
    this.#octets.push(code);
  }

  value(): Uint8Array {
    return Uint8Array.from(this.#octets);
  }
}
