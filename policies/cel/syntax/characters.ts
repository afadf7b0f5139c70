/** Classes of UTF-16 units, given as numbers; `NaN` (past the end) is in none. */

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

export function isOctalDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x37;
}

export function isHexDigit(c: number): boolean {
  return isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
}

export function isNameStart(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f;
}

export function isNamePart(c: number): boolean {
  return isNameStart(c) || isDigit(c);
}

/** Of a name between backquotes. */
export function isQuotedNamePart(c: number): boolean {
  return isNamePart(c) || c === 0x2e || c === 0x2d || c === 0x2f || c === 0x20;
}

export function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d || c === 0x0c;
}

export function isLineEnd(c: number): boolean {
  return c === 0x0a || c === 0x0d;
}

/** The first offset from `from` on whose unit is not in the class. */
export function skip(text: string, from: number, isIn: (c: number) => boolean): number {
  let at = from;
  while (isIn(text.charCodeAt(at))) at++;
  return at;
}
