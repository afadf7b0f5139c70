import { OVER_BUDGET, spendCharacters, spendSearch } from '../../../values/budget.ts';
import { failure } from '../../../values/failure.ts';
import type { Result } from '../../../values/value.ts';
import { INT, STRING } from '../../types/type.ts';
import { method } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

/** Positions count code points, as `size` does; JavaScript's count units of UTF-16. */
const OUT_OF_BOUNDS = failure('the index is out of bounds');
const NO_RANGE = failure('the range ends before it starts');

const NOT_FOUND = -1n;

function isPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** The unit at which code point `index` begins; -1 when the text has fewer. */
function unitAt(text: string, index: bigint): number {
  if (index < 0n || index > text.length) return -1;
  let unit = 0;
  for (let left = Number(index); left > 0; left--) {
    if (unit >= text.length) return -1;
    unit += isPair(text, unit) ? 2 : 1;
  }
  return unit;
}

/** Code points before a unit; -1 is -1. */
function indexOfUnit(text: string, unit: number): bigint {
  let count = unit;
  for (let at = 0; at + 1 < unit; at++) if (isPair(text, at)) count--;
  return BigInt(count);
}

/** What comes after the last code point is an empty text. */
function charAt(text: string, index: bigint, caller: Caller): Result {
  if (!spendCharacters(text.length, caller)) return OVER_BUDGET;
  const unit = unitAt(text, index);
  return unit < 0 ? OUT_OF_BOUNDS : text.slice(unit, unit + (isPair(text, unit) ? 2 : 1));
}

function indexOf(text: string, part: string, caller: Caller): Result {
  return spendSearch(text.length, part.length, caller) ? indexOfUnit(text, text.indexOf(part)) : OVER_BUDGET;
}

function indexOfFrom(text: string, part: string, from: bigint, caller: Caller): Result {
  if (!spendSearch(text.length, part.length, caller)) return OVER_BUDGET;
  const unit = unitAt(text, from);
  if (unit < 0 || (unit === text.length && part !== '')) return OUT_OF_BOUNDS;
  return indexOfUnit(text, text.indexOf(part, unit));
}

function lastIndexOf(text: string, part: string, caller: Caller): Result {
  return spendSearch(text.length, part.length, caller) ? indexOfUnit(text, text.lastIndexOf(part)) : OVER_BUDGET;
}

/** Parts that begin at `from` or before. */
function lastIndexOfFrom(text: string, part: string, from: bigint, caller: Caller): Result {
  if (!spendSearch(text.length, part.length, caller)) return OVER_BUDGET;
  const unit = unitAt(text, from);
  if (unit < 0 || (unit === text.length && part !== '')) return OUT_OF_BOUNDS;
  return part.length > text.length ? NOT_FOUND : indexOfUnit(text, text.lastIndexOf(part, unit));
}

function substring(text: string, start: bigint, caller: Caller): Result {
  if (!spendCharacters(text.length, caller)) return OVER_BUDGET;
  const unit = unitAt(text, start);
  return unit < 0 ? OUT_OF_BOUNDS : text.slice(unit);
}

function substringTo(text: string, start: bigint, end: bigint, caller: Caller): Result {
  if (!spendCharacters(text.length, caller)) return OVER_BUDGET;
  if (start > end) return NO_RANGE;
  const [from, to] = [unitAt(text, start), unitAt(text, end)];
  return from < 0 || to < 0 ? OUT_OF_BOUNDS : text.slice(from, to);
}

const OF_PART = [STRING, STRING];
const OF_PART_FROM = [STRING, STRING, INT];

export const TEXT_POSITIONS: readonly Overload[] = [
  method('string_char_at_int', 'charAt', [STRING, INT], STRING, { arity: 2, fn: charAt }),
  method('string_index_of_string', 'indexOf', OF_PART, INT, { arity: 2, fn: indexOf }),
  method('string_index_of_string_int', 'indexOf', OF_PART_FROM, INT, { arity: 3, fn: indexOfFrom }),
  method('string_last_index_of_string', 'lastIndexOf', OF_PART, INT, { arity: 2, fn: lastIndexOf }),
  method('string_last_index_of_string_int', 'lastIndexOf', OF_PART_FROM, INT, { arity: 3, fn: lastIndexOfFrom }),
  method('string_substring_int', 'substring', [STRING, INT], STRING, { arity: 2, fn: substring }),
  method('string_substring_int_int', 'substring', [STRING, INT, INT], STRING, { arity: 3, fn: substringTo }),
];
