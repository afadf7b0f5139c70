import type { RegoValue } from '../value.ts';
import { itemsOf } from '../value.ts';
import { define, fail, textsOf } from './builtin.ts';
import { runsOf } from './runs.ts';
import { sprintf } from './sprintf.ts';
import type { Work } from './work.ts';

export const TEXTS = [
  define('sprintf', ['string', 'array'], ([format, values], { work }) => sprintf(format, values, work)),
  define('strings.any_prefix_match', ['any', 'any'], ([texts, parts], { work }) =>
    anyMatch({ texts, parts, work }, (text, part) => text.startsWith(part)),
  ),
  define('strings.any_suffix_match', ['any', 'any'], ([texts, parts], { work }) =>
    anyMatch({ texts, parts, work }, (text, part) => text.endsWith(part)),
  ),
  define('strings.count', ['string', 'string'], ([text, part], { work }) => {
    work.chargeText(text.length);
    work.chargeSearch(text.length, part.length);
    return part === '' ? [...text].length + 1 : text.split(part).length - 1;
  }),
  define('strings.split_n', ['string', 'string', 'integer'], ([text, separator, count], { work }) => {
    work.chargeText(text.length);
    work.chargeSearch(text.length, separator.length);
    return splitN(text, separator, Number(count));
  }),
  // counted in characters, overlapping ones included
  define('indexof_n', ['string', 'string'], ([text, part], { work }) => {
    if (part === '') return fail('the part to look for is empty');
    work.charge(text.length + part.length);
    return [...runsOf([...text], [...part])];
  }),
  // what is noted is for people who try a policy out
  define('trace', ['string'], () => true),
];

interface Candidates {
  readonly texts: RegoValue;
  readonly parts: RegoValue;
  readonly work: Work;
}

/** Every text is compared with every part. */
function anyMatch({ texts, parts, work }: Candidates, test: (text: string, part: string) => boolean) {
  const [all, those] = [listOf(texts), listOf(parts)];
  if (all === null || those === null) return fail('operands must be strings, or arrays or sets of strings');
  return all.some((text) =>
    those.some((part) => {
      work.charge(1 + Math.min(text.length, part.length) / 64);
      return test(text, part);
    }),
  );
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
