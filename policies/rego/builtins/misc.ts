import { randomInt } from 'node:crypto';
import { define, fail } from './builtin.ts';

/** Longer lists are not made. */
const LONGEST = 100_000;

export const MISCELLANEOUS = [
  /** The same for the same operands within one evaluation. */
  define('rand.intn', ['string', 'integer'], ([seed, limit], { kept }) => {
    const most = Math.abs(Number(limit));
    if (most === 0) return 0;
    if (most >= 2 ** 48) return fail('the limit is too large');
    const key = `rand ${most} ${seed}`;
    const value = kept.get(key) ?? randomInt(most);
    kept.set(key, value);
    return value;
  }),
  define('opa.runtime', [], () => new Map()),
  define('numbers.range_step', ['integer', 'integer', 'integer'], ([from, to, step], { work }) => {
    const [start, end, width] = [Number(from), Number(to), Number(step)];
    if (width <= 0) return fail('the step must be a positive integer');
    const length = Math.floor(Math.abs(end - start) / width) + 1;
    if (length > LONGEST) return fail('the list is too long');
    work.charge(length);
    return Array.from({ length }, (_, i) => (start <= end ? start + i * width : start - i * width));
  }),
];
