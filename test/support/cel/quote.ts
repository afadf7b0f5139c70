const SPECIAL: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{S}\p{P} ]$/u;
const SEQUENCE = /^(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})/;

/** As Go's `strconv.Quote`. */
export function quoteString(text: string): string {
  return `"${Array.from(text, (character) => (isPlain(character) ? character : escapeCode(character.codePointAt(0)!))).join('')}"`;
}

/** Octets that make printable characters are written as those. */
export function quoteBytes(bytes: Uint8Array): string {
  const octets = Buffer.from(bytes).toString('latin1');
  let quoted = '';
  for (let at = 0; at < octets.length; ) {
    const sequence = SEQUENCE.exec(octets.slice(at, at + 4))?.[0] ?? octets[at]!;
    const character = Buffer.from(sequence, 'latin1').toString('utf8');
    const isWhole = isPlain(character) && character !== '\ufffd';
    quoted += isWhole ? character : escapeOctet(octets.charCodeAt(at));
    at += isWhole ? sequence.length : 1;
  }
  return `b"${quoted}"`;
}

function isPlain(character: string): boolean {
  return PRINTABLE.test(character) && character !== '"' && character !== '\\';
}

function escapeCode(code: number): string {
  if (code < 0x80) return escapeOctet(code);
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function escapeOctet(octet: number): string {
  return SPECIAL.get(octet) ?? `\\x${octet.toString(16).padStart(2, '0')}`;
}
