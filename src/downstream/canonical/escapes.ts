import { hexDigit } from './characters.ts';

/** Every octet as an escape, hexadecimal digits in upper case (RFC 3986 6.2.2.1). */
const ESCAPES = Array.from({ length: 256 }, (_, octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`);

export function escapeOf(octet: number): string {
  return ESCAPES[octet] as string;
}

/** The octet of the escape at `at`, -1 when there is none. */
export function octetAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x25) return -1;
  const high = hexDigit(text.charCodeAt(at + 1));
  const low = hexDigit(text.charCodeAt(at + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** A code point that was read from a run of escapes. */
export interface EscapedCodePoint {
  readonly codePoint: number;
  /** Octets, so three times as many characters of the path. */
  readonly octets: number;
}

/**
 * The code point whose escaped UTF-8 form begins at `at` with `lead` (0x80 or more). `null` for what is not
 * well-formed by RFC 3629: overlong forms, surrogates, stray or missing continuation octets.
 */
export function codePointAt(text: string, at: number, lead: number): EscapedCodePoint | null {
  const octets = lengthByLead(lead);
  if (octets === 0) return null;
  let codePoint = lead & (0x7f >> octets);
  for (let n = 1; n < octets; n++) {
    const octet = octetAt(text, at + n * 3);
    if (octet < 0x80 || octet > 0xbf) return null;
    codePoint = (codePoint << 6) | (octet & 0x3f);
  }
  return isShortestForm(codePoint, octets) ? { codePoint, octets } : null;
}

function lengthByLead(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

function isShortestForm(codePoint: number, octets: number): boolean {
  if (octets === 3) return codePoint >= 0x800 && (codePoint < 0xd800 || codePoint > 0xdfff);
  return octets === 2 || (codePoint >= 0x10000 && codePoint <= 0x10ffff);
}
