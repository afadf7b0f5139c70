import { XmlFault } from './element.ts';

const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/g;
const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Characters that XML 1.0 does not know, and halves of pairs. */
const NO_CHARACTER = /[^\t\n\r\x20-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Throws XmlFault for a document with a character that XML does not know. */
export function checkCharacters(text: string): void {
  if (NO_CHARACTER.test(text)) throw new XmlFault('there is a character that XML does not allow');
}

/** Text with its references resolved: those to characters, and the five names that XML knows itself. */
export function resolve(text: string): string {
  if (!text.includes('&')) return text;
  if (text.replace(REFERENCE, '').includes('&')) throw new XmlFault('entities are not taken');
  return text.replace(REFERENCE, (_, word: string | undefined, decimal: string | undefined, hex: string) =>
    word === undefined
      ? character(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal))
      : PREDEFINED[word]!,
  );
}

function character(code: number): string {
  const text = code <= 0x10ffff ? String.fromCodePoint(code) : '\0';
  checkCharacters(text);
  return text;
}
