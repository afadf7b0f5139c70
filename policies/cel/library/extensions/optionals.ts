import { OVER_BUDGET } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { MapValue } from '../../../values/map.ts';
import { Duration, Timestamp } from '../../../values/time.ts';
import { type ListValue, Optional, type Result, TypeValue, Uint, type Value } from '../../../values/value.ts';
import { BOOL, listOf, optionalOf, param } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';

const NOTHING = new Failure('missing', 'the optional has no value');
const NO_OPTIONALS = failure('the list has an item that is no optional');

/** What a value of its type is when nothing was set: 0, an empty text, an empty list. */
function isZero(value: Value): boolean {
  switch (typeof value) {
    case 'number':
      return value === 0;
    case 'bigint':
      return value === 0n;
    case 'boolean':
      return !value;
    case 'string':
      return value === '';
    default:
      return value === null || isZeroObject(value);
  }
}

function isZeroObject(value: Exclude<Value, null | boolean | bigint | number | string>): boolean {
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof MapValue) return value.size === 0;
  if (value instanceof Timestamp || value instanceof Duration) return value.seconds === 0 && value.nanos === 0;
  if (value instanceof Optional) return value.value === undefined;
  return !(value instanceof TypeValue) && value.length === 0;
}

function ofNonZeroValue(value: Value): Optional {
  return isZero(value) ? Optional.NONE : new Optional(value);
}

function unwrap(list: ListValue, caller: Caller): Result {
  if (!caller.spend(list.length)) return OVER_BUDGET;
  const values: Value[] = [];
  for (const item of list) {
    if (!(item instanceof Optional)) return NO_OPTIONALS;
    if (item.value !== undefined) values.push(item.value);
  }
  return values;
}

const V = param('V');
const OPTIONAL = optionalOf(V);
const LIST = listOf(V);
const OPTIONALS = listOf(OPTIONAL);

const UNWRAP: Run = { arity: 1, fn: unwrap };

/** The evaluator calls `or` and `orValue` itself: their argument is not evaluated when there is a value. */
export const OPTIONAL_VALUES: readonly Overload[] = [
  fn('optional_of', 'optional.of', [V], OPTIONAL, { arity: 1, fn: (value: Value) => new Optional(value) }),
  fn('optional_ofNonZeroValue', 'optional.ofNonZeroValue', [V], OPTIONAL, { arity: 1, fn: ofNonZeroValue }),
  fn('optional_none', 'optional.none', [], OPTIONAL, { arity: 0, fn: () => Optional.NONE }),
  fn('optional_unwrap', 'optional.unwrap', [OPTIONALS], LIST, UNWRAP),
  method('optional_unwrapOpt', 'unwrapOpt', [OPTIONALS], LIST, UNWRAP),
  method('optional_hasValue', 'hasValue', [OPTIONAL], BOOL, {
    arity: 1,
    fn: ({ value }: Optional) => value !== undefined,
  }),
  method('optional_value', 'value', [OPTIONAL], V, {
    arity: 1,
    fn: ({ value }: Optional) => (value === undefined ? NOTHING : value),
  }),
  method('optional_or_optional', 'or', [OPTIONAL, OPTIONAL], OPTIONAL, {
    arity: 2,
    fn: (optional: Optional, other: Optional) => (optional.value === undefined ? other : optional),
  }),
  method('optional_orValue_value', 'orValue', [OPTIONAL, V], V, {
    arity: 2,
    fn: ({ value }: Optional, other: Value) => (value === undefined ? other : value),
  }),
];
