import { OVER_BUDGET } from '../../../values/budget.ts';
import { compare } from '../../../values/compare.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { type ListValue, type Result, Uint, type Value } from '../../../values/value.ts';
import { DOUBLE, DYN, INT, listOf, param, type Type, UINT } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

/** Units that an item takes which is compared, beside its text. */
const ITEM_COST = 2;

const EMPTY = failure('an empty list has no extreme');
const NO_ORDER = failure('the items of the list have no order');
const NO_NUMBER = failure('the list has an item that is no number');

/** 1: the greatest of several, -1: the least. */
type Direction = 1 | -1;

/** The first of those that no other is beyond. */
function extremeOf(list: ListValue, direction: Direction, caller: Caller): Result {
  let best = list[0];
  if (best === undefined) return EMPTY;
  if (!caller.spend(list.length * ITEM_COST)) return OVER_BUDGET;
  for (const item of list) {
    const order = compare(item, best, caller);
    if (order === undefined) return NO_ORDER;
    if (order instanceof Failure) return order;
    if (order * direction > 0) best = item;
  }
  return best;
}

function extremeNumber(list: ListValue, direction: Direction, caller: Caller): Result {
  return list.every(isNumber) ? extremeOf(list, direction, caller) : NO_NUMBER;
}

function isNumber(value: Value): boolean {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof Uint;
}

const NUMBERS: readonly (readonly [name: string, type: Type])[] = [
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
];

const SAME: Run = { arity: 1, fn: (value: Value) => value };

/** What the macros `math.greatest` and `math.least` call. */
function ofNumbers(short: 'max' | 'min', direction: Direction): Overload[] {
  const [id, name] = [`math_@${short}`, `math.@${short}`];
  const ofTwo: Run = { arity: 2, fn: (a: Value, b: Value, caller: Caller) => extremeOf([a, b], direction, caller) };
  const ofList: Run = { arity: 1, fn: (list: ListValue, caller: Caller) => extremeNumber(list, direction, caller) };
  return NUMBERS.flatMap(([left, type]) => [
    fn(`${id}_${left}`, name, [type], type, SAME),
    fn(`${id}_list_${left}`, name, [listOf(type)], type, ofList),
    ...NUMBERS.map(([right, other]) =>
      fn(`${id}_${left}_${right}`, name, [type, other], left === right ? type : DYN, ofTwo),
    ),
  ]);
}

const ITEM = param('A');

/** Octelium's: of anything that has an order. */
function ofItems(name: 'max' | 'min', direction: Direction): Overload {
  const run = (list: ListValue, caller: Caller) => extremeOf(list, direction, caller);
  return method(`list_${name}`, name, [listOf(ITEM)], ITEM, { arity: 1, fn: run });
}

export const EXTREMES: readonly Overload[] = [
  ...ofNumbers('max', 1),
  ...ofNumbers('min', -1),
  ofItems('max', 1),
  ofItems('min', -1),
];
