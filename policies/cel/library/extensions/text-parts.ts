import { OVER_BUDGET, spendSearch, spendText } from '../../../values/budget.ts';
import { failure } from '../../../values/failure.ts';
import type { ListValue, Result, Value } from '../../../values/value.ts';
import { INT, listOf, STRING } from '../../types/type.ts';
import { method } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

const TEXTS = listOf(STRING);

const NO_TEXTS = failure('the list has an item that is no string');

/** Units that a part which is cut out takes, and a character by itself. */
const PART_COST = 8;
const CHARACTER_COST = 4;

/** How often at most; all of them for a negative number. */
function limitOf(limit: bigint): number {
  return limit < 0n ? Number.POSITIVE_INFINITY : Number(limit);
}

/** How often `part`, which is not empty, is in the text, up to `limit` times. */
function countOf(text: string, part: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0 && count < limit; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

function split(text: string, separator: string, caller: Caller): Result {
  return splitTo(text, separator, -1n, caller);
}

/** Into so many parts at most: the last one has the rest. */
function splitTo(text: string, separator: string, most: bigint, caller: Caller): Result {
  const limit = limitOf(most);
  if (limit === 0) return [];
  if (separator === '') return caller.spend(text.length * CHARACTER_COST) ? characters(text, limit) : OVER_BUDGET;
  if (!spendSearch(text.length, separator.length, caller)) return OVER_BUDGET;
  const count = countOf(text, separator, limit - 1);
  return caller.spend(count * PART_COST) ? partsOf(text, separator, count) : OVER_BUDGET;
}

function characters(text: string, limit: number): readonly string[] {
  const all = [...text];
  return all.length <= limit ? all : [...all.slice(0, limit - 1), all.slice(limit - 1).join('')];
}

/** Cuts the text at the first `count` separators. */
function partsOf(text: string, separator: string, count: number): readonly string[] {
  const parts: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = text.indexOf(separator, at);
    parts.push(text.slice(at, end));
    at = end + separator.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function replace(text: string, from: string, to: string, caller: Caller): Result {
  return replaceSome(text, from, to, Number.POSITIVE_INFINITY, caller);
}

function replaceUpTo([text, from, to, most]: readonly Value[], caller: Caller): Result {
  return replaceSome(text as string, from as string, to as string, limitOf(most as bigint), caller);
}

function replaceSome(text: string, from: string, to: string, limit: number, caller: Caller): Result {
  if (!spendSearch(text.length, from.length, caller)) return OVER_BUDGET;
  if (from === '') return insertBetween(text, to, limit, caller);
  const count = countOf(text, from, limit);
  if (count === 0) return text;
  const length = text.length + count * (to.length - from.length);
  if (!caller.spend(count * PART_COST) || !spendText(length, caller)) return OVER_BUDGET;
  return partsOf(text, from, count).join(to);
}

/** An empty text is before each character, and at the end. */
function insertBetween(text: string, inserted: string, limit: number, caller: Caller): Result {
  const most = Math.min(limit, text.length + 1);
  const length = text.length + most * inserted.length;
  if (!caller.spend(text.length * CHARACTER_COST) || !spendText(length, caller)) return OVER_BUDGET;
  const all = ['', ...text, ''];
  return all.map((character, i) => (i === 0 || i > limit ? character : inserted + character)).join('');
}

function join(list: ListValue, caller: Caller): Result {
  return joinWith(list, '', caller);
}

function joinWith(list: ListValue, separator: string, caller: Caller): Result {
  if (!caller.spend(list.length * 2)) return OVER_BUDGET;
  if (!areTexts(list)) return NO_TEXTS;
  const length = list.reduce((sum, text) => sum + text.length, list.length * separator.length);
  return spendText(length, caller) ? list.join(separator) : OVER_BUDGET;
}

function areTexts(list: ListValue): list is readonly string[] {
  return list.every((item) => typeof item === 'string');
}

const THREE_TEXTS = [STRING, STRING, STRING];
const THREE_TEXTS_INT = [...THREE_TEXTS, INT];

export const TEXT_PARTS: readonly Overload[] = [
  method('string_split_string', 'split', [STRING, STRING], TEXTS, { arity: 2, fn: split }),
  method('string_split_string_int', 'split', [STRING, STRING, INT], TEXTS, { arity: 3, fn: splitTo }),
  method('string_replace_string_string', 'replace', THREE_TEXTS, STRING, { arity: 3, fn: replace }),
  method('string_replace_string_string_int', 'replace', THREE_TEXTS_INT, STRING, { arity: 'any', fn: replaceUpTo }),
  method('list_join', 'join', [TEXTS], STRING, { arity: 1, fn: join }),
  method('list_join_string', 'join', [TEXTS, STRING], STRING, { arity: 2, fn: joinWith }),
];
