import { OVER_BUDGET } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { type ListValue, Optional, type Result, type Value } from '../../../values/value.ts';
import { DYN, INT, listOf, optionalOf, param } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';
import { ItemSet } from './item-set.ts';

/** Units that a number takes which is made. */
const NUMBER_COST = 4;

const NO_SLICE = failure('the list has no such slice');
const NEGATIVE_DEPTH = failure('the depth to flatten to is negative');
const TOO_DEEP = failure('the lists are nested too deeply to be flattened');

/** Deeper lists are not flattened: JavaScript's stack is not endless. */
const MAX_DEPTH = 100;

function slice(list: ListValue, start: bigint, end: bigint, caller: Caller): Result {
  if (start < 0n || end < start || end > list.length) return NO_SLICE;
  return caller.spend(Number(end - start)) ? list.slice(Number(start), Number(end)) : OVER_BUDGET;
}

function flatten(list: ListValue, caller: Caller): Result {
  return flattenTo(list, 1n, caller);
}

function flattenTo(list: ListValue, depth: bigint, caller: Caller): Result {
  if (depth < 0n) return NEGATIVE_DEPTH;
  const flat: Value[] = [];
  return gather(flat, list, Number(depth), 0, caller) ?? flat;
}

/** Adds the items of a list, and of the lists in it down to `depth`. */
function gather(flat: Value[], list: ListValue, depth: number, level: number, caller: Caller): Failure | null {
  if (level > MAX_DEPTH) return TOO_DEEP;
  if (!caller.spend(list.length)) return OVER_BUDGET;
  for (const item of list) {
    const inner = depth > level && Array.isArray(item) ? item : null;
    if (inner === null) flat.push(item);
    const failed = inner === null ? null : gather(flat, inner, depth, level + 1, caller);
    if (failed !== null) return failed;
  }
  return null;
}

function reverse(list: ListValue, caller: Caller): Result {
  return caller.spend(list.length) ? list.toReversed() : OVER_BUDGET;
}

/** From 0 up to `end`, without it. */
function range(end: bigint, caller: Caller): Result {
  const size = Math.max(0, Number(end));
  return caller.spend(size * NUMBER_COST) ? Array.from({ length: size }, (_, i) => BigInt(i)) : OVER_BUDGET;
}

/** Of equal items the first. */
function distinct(list: ListValue, caller: Caller): Result {
  if (!ItemSet.spend(list, caller)) return OVER_BUDGET;
  const seen = new ItemSet();
  const kept: Value[] = [];
  for (const item of list) {
    const isKnown = seen.has(item, caller);
    if (isKnown instanceof Failure) return isKnown;
    if (isKnown) continue;
    seen.add(item);
    kept.push(item);
  }
  return kept;
}

function first(list: ListValue): Optional {
  return list.length === 0 ? Optional.NONE : new Optional(list[0]);
}

function last(list: ListValue): Optional {
  return list.length === 0 ? Optional.NONE : new Optional(list.at(-1));
}

const T = param('T');
const LIST = listOf(T);

export const LISTS: readonly Overload[] = [
  method('list_slice', 'slice', [LIST, INT, INT], LIST, { arity: 3, fn: slice }),
  method('list_flatten', 'flatten', [listOf(LIST)], LIST, { arity: 1, fn: flatten }),
  method('list_flatten_int', 'flatten', [listOf(DYN), INT], listOf(DYN), { arity: 2, fn: flattenTo }),
  method('list_reverse', 'reverse', [LIST], LIST, { arity: 1, fn: reverse }),
  method('list_distinct', 'distinct', [LIST], LIST, { arity: 1, fn: distinct }),
  method('list_first', 'first', [LIST], optionalOf(T), { arity: 1, fn: first }),
  method('list_last', 'last', [LIST], optionalOf(T), { arity: 1, fn: last }),
  fn('lists_range', 'lists.range', [INT], listOf(INT), { arity: 1, fn: range }),
];
