import type { RegoValue } from '../value.ts';
import { itemsOf } from '../value.ts';
import { define, fail, textsOf } from './builtin.ts';
import { sprintf } from './sprintf.ts';

/** Comparisons that looking for a part may take. */
const MOST_STEPS = 100_000_000;

export const TEXTS = [
  define('sprintf', ['string', 'array'], ([format, values]) => sprintf(format, values)),
  define('strings.any_prefix_match', ['any', 'any'], ([texts, parts]) =>
    anyMatch(texts, parts, (text, part) => text.startsWith(part)),
  ),
  define('strings.any_suffix_match', ['any', 'any'], ([texts, parts]) =>
    anyMatch(texts, parts, (text, part) => text.endsWith(part)),
  ),
  define('strings.count', ['string', 'string'], ([text, part]) => {
    return part === '' ? [...text].length + 1 : text.split(part).length - 1;
  }),
  define('strings.split_n', ['string', 'string', 'integer'], ([text, separator, count]) =>
    splitN(text, separator, Number(count)),
  ),
  define('indexof_n', ['string', 'string'], ([text, part]) => {
    if (part === '') return fail('the part to look for is empty');
    return text.length * part.length > MOST_STEPS ? fail('the texts are too long') : positionsOf(text, part);
  }),
  // what is noted is for people who try a policy out
  define('trace', ['string'], () => true),
];

function anyMatch(texts: RegoValue, parts: RegoValue, test: (text: string, part: string) => boolean) {
  const [all, those] = [listOf(texts), listOf(parts)];
  if (all === null || those === null) return fail('operands must be strings, or arrays or sets of strings');
  return all.some((text) => those.some((part) => test(text, part)));
}

function listOf(value: RegoValue): readonly string[] | null {
  return typeof value === 'string' ? [value] : textsOf(itemsOf(value) ?? [null]);
}

/** The first parts, or the last ones of a negative count. */
function splitN(text: string, separator: string, count: number): readonly string[] {
  const parts = separator === '' ? [...text] : text.split(separator);
  if (count === 0) return [];
  return count > 0 ? parts.slice(0, count) : parts.slice(count);
}

/** Counted in characters, overlapping ones included. */
function positionsOf(text: string, part: string): readonly number[] {
  const [all, wanted] = [[...text], [...part]];
  const isAt = (start: number) => wanted.every((character, i) => all[start + i] === character);
  return all.map((_, i) => i).filter(isAt);
}
