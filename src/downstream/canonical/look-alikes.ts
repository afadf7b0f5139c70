/**
 * Characters that an upstream may turn into ASCII that means something in a path: by Unicode normalisation (NFC or
 * NFKC), by case folding, or by the best-fit tables of older platforms. Fullwidth punctuation that is ordinary in
 * Chinese and Japanese file names and means nothing in a path is not among them.
 */
const SINGLE = new Set([
  0x017f, // long s, folds to s
  0x037e, // Greek question mark, NFC gives the semicolon
  0x2024, // one dot leader
  0x2025, // two dot leader
  0x2044, // fraction slash
  0x212a, // Kelvin sign, NFC gives K
  0x2215, // division slash
  0x2216, // set minus
  0x29f5, // reverse solidus operator
  0x29f8, // big solidus
  0x29f9, // big reverse solidus
  0xfe52, // small full stop
  0xfe54, // small semicolon
  0xfe68, // small reverse solidus
  0xfe6a, // small percent sign
  0xff05, // fullwidth percent sign
  0xff0e, // fullwidth full stop
  0xff0f, // fullwidth solidus
  0xff1b, // fullwidth semicolon
  0xff3c, // fullwidth reverse solidus
]);

/** Fullwidth digits and letters. */
const RANGES: readonly (readonly [number, number])[] = [
  [0xff10, 0xff19],
  [0xff21, 0xff3a],
  [0xff41, 0xff5a],
];

export function isLookAlike(codePoint: number): boolean {
  return SINGLE.has(codePoint) || RANGES.some(([first, last]) => codePoint >= first && codePoint <= last);
}
