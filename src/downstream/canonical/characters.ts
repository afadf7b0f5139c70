/** Character classes of URLs as tables, because a look-up per byte is what the way of a request can afford. */

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** RFC 3986 2.3. */
const UNRESERVED = marks(`${ALPHANUMERIC}-._~`);
/** RFC 3986 3.3, `pchar` without escapes. */
const PCHAR = marks(`${ALPHANUMERIC}-._~!$&'()*+,;=:@`);
/** What names in the DNS are made of; an underscore is none of it. */
const HOST = marks(`${ALPHANUMERIC}-.`);

function marks(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

export function isUnreserved(code: number): boolean {
  return UNRESERVED[code] === 1;
}

export function isPathCharacter(code: number): boolean {
  return PCHAR[code] === 1;
}

export function isHostText(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (HOST[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

export function isVisibleAscii(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

export function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0;
}

/** The value of a hexadecimal digit, -1 for anything else. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** A copy of ASCII text, for what outlives its request: a slice keeps the whole head in memory that it was cut from. */
export function ownText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
