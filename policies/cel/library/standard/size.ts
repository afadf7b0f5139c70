import { OVER_BUDGET, spendCharacters } from '../../../values/budget.ts';
import { intOf } from '../../../values/integer.ts';
import type { MapValue } from '../../../values/map.ts';
import type { ListValue, Result } from '../../../values/value.ts';
import { BYTES, INT, listOf, mapOf, param, STRING } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

const LIST = listOf(param('A'));
const MAP = mapOf(param('A'), param('B'));

function characters(text: string, caller: Caller): Result {
  return spendCharacters(text.length, caller) ? intOf(codePoints(text)) : OVER_BUDGET;
}

/** What lies beyond U+FFFF takes two units of UTF-16: those pairs count once. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

const OF_TEXT: Run = { arity: 1, fn: characters };
const OF_ITEMS: Run = { arity: 1, fn: (items: ListValue | Uint8Array) => intOf(items.length) };
const OF_MAP: Run = { arity: 1, fn: (map: MapValue) => intOf(map.size) };

export const SIZE: readonly Overload[] = [
  fn('size_string', 'size', [STRING], INT, OF_TEXT),
  fn('size_bytes', 'size', [BYTES], INT, OF_ITEMS),
  fn('size_list', 'size', [LIST], INT, OF_ITEMS),
  fn('size_map', 'size', [MAP], INT, OF_MAP),
  method('string_size', 'size', [STRING], INT, OF_TEXT),
  method('bytes_size', 'size', [BYTES], INT, OF_ITEMS),
  method('list_size', 'size', [LIST], INT, OF_ITEMS),
  method('map_size', 'size', [MAP], INT, OF_MAP),
];
