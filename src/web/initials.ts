/** How many tints `style.ts` has. */
export const TINTS = 8;

/** One or two letters that stand for a name: of its first and last word, as in `AP` for "API by path". */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!].map(firstCharacter) : [firstCharacter(words[0] ?? '?')];
  return letters.join('').toUpperCase();
}

/** Always the same tint for the same name: 0 to `TINTS` - 1. */
export function tint(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)!) % 9973;
  return sum % TINTS;
}

function firstCharacter(word: string): string {
  return [...word][0] ?? '';
}
