import { OVER_BUDGET, spendCharacters } from '../../../values/budget.ts';
import { type Failure, failure } from '../../../values/failure.ts';
import { toInt, toUint } from '../../../values/integer.ts';
import type { Duration, Timestamp } from '../../../values/time.ts';
import { nanosOf } from '../../../values/time-arithmetic.ts';
import type { Result, Uint } from '../../../values/value.ts';
import { DOUBLE, DURATION, INT, STRING, TIMESTAMP, UINT } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

const OUT_OF_RANGE = failure('the double is out of the range of integers');
const NO_INTEGER = failure('the string is no integer');
const NO_DOUBLE = failure('the string is no double');

/** Digits that decide; zeros may stand before them. */
const INTEGER = /^([+-]?)0*(\d{1,20})$/;
const UNSIGNED = /^0*(\d{1,20})$/;
const FLOATING = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const LONGEST_NUMBER = 1000;

/** Units that reading a number takes, however short its text. */
const COST = 20;

function spendReading(text: string, caller: Caller): boolean {
  return caller.spend(COST) && spendCharacters(Math.min(text.length, LONGEST_NUMBER), caller);
}

/** The largest doubles that are integers are as far off as the limits themselves: both count as too large. */
function doubleToInt(value: number): Result {
  return value > -(2 ** 63) && value < 2 ** 63 ? BigInt(Math.trunc(value)) : OUT_OF_RANGE;
}

function doubleToUint(value: number): Result {
  return value >= 0 && value < 2 ** 64 ? toUint(BigInt(Math.trunc(value))) : OUT_OF_RANGE;
}

function textToInt(text: string, caller: Caller): Result {
  if (!spendReading(text, caller)) return OVER_BUDGET;
  const [, sign, digits] = (text.length <= LONGEST_NUMBER && INTEGER.exec(text)) || [];
  return digits === undefined ? NO_INTEGER : toInt(BigInt(`${sign === '-' ? '-' : ''}${digits}`));
}

function textToUint(text: string, caller: Caller): Result {
  if (!spendReading(text, caller)) return OVER_BUDGET;
  const [, digits] = (text.length <= LONGEST_NUMBER && UNSIGNED.exec(text)) || [];
  return digits === undefined ? NO_INTEGER : toUint(BigInt(digits));
}

function textToDouble(text: string, caller: Caller): number | Failure {
  if (!spendReading(text, caller)) return OVER_BUDGET;
  if (text.length > LONGEST_NUMBER) return NO_DOUBLE;
  if (FLOATING.test(text)) return finite(Number(text));
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return text.toLowerCase() === 'nan' ? Number.NaN : NO_DOUBLE;
}

function finite(value: number): number | Failure {
  return Number.isFinite(value) ? value : NO_DOUBLE;
}

export const TO_NUMBER: readonly Overload[] = [
  fn('int64_to_int64', 'int', [INT], INT, { arity: 1, fn: (value: bigint) => value }),
  fn('uint64_to_int64', 'int', [UINT], INT, { arity: 1, fn: ({ value }: Uint) => toInt(value) }),
  fn('double_to_int64', 'int', [DOUBLE], INT, { arity: 1, fn: doubleToInt }),
  fn('string_to_int64', 'int', [STRING], INT, { arity: 1, fn: textToInt }),
  fn('timestamp_to_int64', 'int', [TIMESTAMP], INT, { arity: 1, fn: ({ seconds }: Timestamp) => BigInt(seconds) }),
  fn('duration_to_int64', 'int', [DURATION], INT, { arity: 1, fn: (span: Duration) => nanosOf(span) }),
  fn('uint64_to_uint64', 'uint', [UINT], UINT, { arity: 1, fn: (value: Uint) => value }),
  fn('int64_to_uint64', 'uint', [INT], UINT, { arity: 1, fn: (value: bigint) => toUint(value) }),
  fn('double_to_uint64', 'uint', [DOUBLE], UINT, { arity: 1, fn: doubleToUint }),
  fn('string_to_uint64', 'uint', [STRING], UINT, { arity: 1, fn: textToUint }),
  fn('double_to_double', 'double', [DOUBLE], DOUBLE, { arity: 1, fn: (value: number) => value }),
  fn('int64_to_double', 'double', [INT], DOUBLE, { arity: 1, fn: (value: bigint) => Number(value) }),
  fn('uint64_to_double', 'double', [UINT], DOUBLE, { arity: 1, fn: ({ value }: Uint) => Number(value) }),
  fn('string_to_double', 'double', [STRING], DOUBLE, { arity: 1, fn: textToDouble }),
];
