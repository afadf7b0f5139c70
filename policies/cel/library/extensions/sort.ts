import { OVER_BUDGET } from '../../../values/budget.ts';
import { compare } from '../../../values/compare.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { typeName } from '../../../values/type-name.ts';
import type { ListValue, Result } from '../../../values/value.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  param,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from '../../types/type.ts';
import { method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

/** Units that a list takes, however short. */
const COST = 100;

const NO_ORDER = failure('items of this type have no order');
const MIXED = failure('the items are not all of one type');
const NOT_AS_MANY = failure('there are not as many keys as items');

function sort(list: ListValue, caller: Caller): Result {
  return sortByKeys(list, list, caller);
}

/** The list in the order of the keys, of which each item has one. */
function sortByKeys(list: ListValue, keys: ListValue, caller: Caller): Result {
  if (list.length !== keys.length) return NOT_AS_MANY;
  if (!caller.spend(COST + list.length * (1 + Math.ceil(Math.log2(1 + list.length))))) return OVER_BUDGET;
  const problem = problemOf(keys, caller);
  if (problem !== null) return problem;
  const order = orderOf(keys, caller);
  return order instanceof Failure ? order : order.map((position) => list[position]!);
}

/** Why the keys have no order. */
function problemOf(keys: ListValue, caller: Caller): Failure | null {
  const [sample] = keys;
  if (sample === undefined) return null;
  const order = compare(sample, sample, caller);
  if (typeof order !== 'number') return order ?? NO_ORDER;
  const type = typeName(sample);
  return keys.every((key) => typeName(key) === type) ? null : MIXED;
}

/** The positions of the keys, that of the least one first. */
function orderOf(keys: ListValue, caller: Caller): readonly number[] | Failure {
  let failed: Failure | null = null;
  const positions = Array.from(keys.keys()).sort((a, b) => {
    const order = failed ?? compare(keys[a]!, keys[b]!, caller) ?? 0;
    if (typeof order === 'number') return order;
    failed = order;
    return 0;
  });
  return failed ?? positions;
}

const ORDERED: readonly (readonly [name: string, type: Type])[] = [
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['bool', BOOL],
  ['google.protobuf.Duration', DURATION],
  ['google.protobuf.Timestamp', TIMESTAMP],
  ['string', STRING],
  ['bytes', BYTES],
];

const SORT: Run = { arity: 1, fn: sort };
/** What the macro `sortBy` calls. */
const SORT_BY_KEYS: Run = { arity: 2, fn: sortByKeys };

const LIST = listOf(param('T'));

export const SORTING: readonly Overload[] = ORDERED.flatMap(([name, type]) => [
  method(`list_${name}_sort`, 'sort', [listOf(type)], listOf(type), SORT),
  method(`list_${name}_sortByAssociatedKeys`, '@sortByAssociatedKeys', [LIST, listOf(type)], LIST, SORT_BY_KEYS),
]);
