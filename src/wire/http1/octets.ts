import { isToken } from '../../base/header-text.ts';

/** Classes of octets as tables, because a look-up per byte is what the way of a request can afford. */

export const CR = 0x0d;
export const LF = 0x0a;
export const TAB = 0x09;
export const SPACE = 0x20;
export const COLON = 0x3a;

/** RFC 9110 5.6.2. */
export const TOKEN = table((octet) => isToken(String.fromCharCode(octet)));
/** RFC 9110 5.5: visible ASCII, blank, tab and what is not ASCII. */
export const FIELD_TEXT = table((octet) => (octet >= SPACE && octet !== 0x7f) || octet === TAB);
/** What a request target may be made of; which of it means something is decided where it is read. */
export const TARGET = table((octet) => octet > SPACE && octet !== 0x7f);
/** Methods are case-sensitive, and an upstream that is not would read another one: no lower case. */
export const METHOD = table((octet) => TOKEN[octet] === 1 && !(octet >= 0x61 && octet <= 0x7a));
/** The same octet, ASCII letters in lower case. */
export const LOWER = Uint8Array.from({ length: 256 }, (_, octet) => {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
});

function table(holds: (octet: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (holds(octet) ? 1 : 0));
}
