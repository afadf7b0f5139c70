import { OVER_BUDGET } from '../../../values/budget.ts';
import type { ListValue, Result, Value } from '../../../values/value.ts';
import { BOOL, DYN, listOf, param } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';
import { hasEvery, hasSome, ItemSet } from './item-set.ts';

type Relation = (list: ListValue, other: ListValue, caller: Caller) => Result;

/** Both lists are read once. */
function charged(relation: Relation): Run {
  const run: Relation = (list, other, caller) =>
    ItemSet.spend(list, caller) && ItemSet.spend(other, caller) ? relation(list, other, caller) : OVER_BUDGET;
  return { arity: 2, fn: run };
}

const contains: Relation = (list, other, caller) => hasEvery(ItemSet.of(list), other, caller);

const intersects: Relation = (list, other, caller) => hasSome(ItemSet.of(other), list, caller);

const equivalent: Relation = (list, other, caller) => {
  const isContained = contains(list, other, caller);
  return isContained === true ? contains(other, list, caller) : isContained;
};

/** With a list of wanted items that is known ahead, nothing has to be made. */
function prepareHasAny([, wanted]: readonly (Value | undefined)[]): Run {
  if (!Array.isArray(wanted)) return charged(intersects);
  const set = ItemSet.of(wanted);
  const run: Relation = (list, _wanted, caller) =>
    ItemSet.spend(list, caller) ? hasSome(set, list, caller) : OVER_BUDGET;
  return { arity: 2, fn: run };
}

const LIST = listOf(param('T'));
const ANY_LIST = listOf(DYN);
const ANY_LISTS = [ANY_LIST, ANY_LIST];

/** `hasAny` and `hasAll` are Octelium's. */
export const SETS: readonly Overload[] = [
  fn('list_sets_contains_list', 'sets.contains', [LIST, LIST], BOOL, charged(contains)),
  fn('list_sets_equivalent_list', 'sets.equivalent', [LIST, LIST], BOOL, charged(equivalent)),
  fn('list_sets_intersects_list', 'sets.intersects', [LIST, LIST], BOOL, charged(intersects)),
  method('list_has_any', 'hasAny', ANY_LISTS, BOOL, charged(intersects), { prepare: prepareHasAny }),
  method('list_has_all', 'hasAll', ANY_LISTS, BOOL, charged(contains)),
];
