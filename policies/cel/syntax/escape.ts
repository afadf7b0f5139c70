import { isHexDigit, isOctalDigit, skip } from './characters.ts';

/** What an escape stands for; `code` is a code point, in bytes an octet. */
export type Escape =
  | { readonly ok: true; readonly code: number; readonly end: number }
  | { readonly ok: false; readonly message: string };

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['\\', 0x5c],
  ['?', 0x3f],
  ['"', 0x22],
  ["'", 0x27],
  ['`', 0x60],
]);
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['X', 2],
  ['u', 4],
  ['U', 8],
]);

/** Reads the escape whose backslash is at `at`. */
export function readEscape(source: string, at: number, isBytes: boolean): Escape {
  const letter = source[at + 1] ?? '';
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) return { ok: true, code: simple, end: at + 2 };
  const digits = HEX_DIGITS.get(letter);
  if (digits === undefined) return readOctal(source, at);
  if (isBytes && digits > 2) return bad(`"\\${letter}" is for strings; bytes are written as "\\x" and two digits`);
  return readHex(source, at, digits);
}

function readHex(source: string, at: number, digits: number): Escape {
  const from = at + 2;
  const text = source.slice(from, from + digits);
  if (text.length < digits || skip(text, 0, isHexDigit) < digits) {
    return bad(`"\\${source[at + 1]}" needs ${digits} hexadecimal digits`);
  }
  const code = Number.parseInt(text, 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? { ok: true, code, end: from + digits } : bad(`"\\${source[at + 1]}${text}" is no character`);
}

function readOctal(source: string, at: number): Escape {
  const text = source.slice(at + 1, at + 4);
  const isOctet = text.length === 3 && text <= '377' && skip(text, 0, isOctalDigit) === 3;
  if (isOctet) return { ok: true, code: Number.parseInt(text, 8), end: at + 4 };
  const letter = String.fromCodePoint(source.codePointAt(at + 1) ?? 0x20);
  return bad(`"\\${letter}" is no escape; a backslash is written as "\\\\", or the text as r"…"`);
}

function bad(message: string): Escape {
  return { ok: false, message };
}
