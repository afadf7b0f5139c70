import { failure } from '../../../values/failure.ts';
import { toInt, toUint } from '../../../values/integer.ts';
import type { Result, Uint } from '../../../values/value.ts';
import { DOUBLE, INT, UINT } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Overload } from '../overload.ts';

const DIVISION_BY_ZERO = failure('division by zero');
const MODULUS_BY_ZERO = failure('modulus by zero');

/** JavaScript's integers are endless: what leaves 64 bits is found in the result. */
function ofInts(id: string, name: string, compute: (a: bigint, b: bigint) => bigint): Overload {
  return fn(id, name, [INT, INT], INT, { arity: 2, fn: (a: bigint, b: bigint) => toInt(compute(a, b)) });
}

function ofUints(id: string, name: string, compute: (a: bigint, b: bigint) => bigint): Overload {
  const run = (a: Uint, b: Uint) => toUint(compute(a.value, b.value));
  return fn(id, name, [UINT, UINT], UINT, { arity: 2, fn: run });
}

function ofDoubles(id: string, name: string, compute: (a: number, b: number) => number): Overload {
  return fn(id, name, [DOUBLE, DOUBLE], DOUBLE, { arity: 2, fn: compute });
}

function divideInts(a: bigint, b: bigint): Result {
  return b === 0n ? DIVISION_BY_ZERO : toInt(a / b);
}

function divideUints(a: Uint, b: Uint): Result {
  return b.value === 0n ? DIVISION_BY_ZERO : toUint(a.value / b.value);
}

/** As of processors: where the quotient overflows there is no remainder. */
function remainderOfInts(a: bigint, b: bigint): Result {
  if (b === 0n) return MODULUS_BY_ZERO;
  const quotient = b === -1n ? toInt(-a) : 0n;
  return typeof quotient === 'bigint' ? a % b : quotient;
}

function remainderOfUints(a: Uint, b: Uint): Result {
  return b.value === 0n ? MODULUS_BY_ZERO : toUint(a.value % b.value);
}

export const ARITHMETIC: readonly Overload[] = [
  ofInts('add_int64', '_+_', (a, b) => a + b),
  ofUints('add_uint64', '_+_', (a, b) => a + b),
  ofDoubles('add_double', '_+_', (a, b) => a + b),
  ofInts('subtract_int64', '_-_', (a, b) => a - b),
  ofUints('subtract_uint64', '_-_', (a, b) => a - b),
  ofDoubles('subtract_double', '_-_', (a, b) => a - b),
  ofInts('multiply_int64', '_*_', (a, b) => a * b),
  ofUints('multiply_uint64', '_*_', (a, b) => a * b),
  ofDoubles('multiply_double', '_*_', (a, b) => a * b),
  fn('divide_int64', '_/_', [INT, INT], INT, { arity: 2, fn: divideInts }),
  fn('divide_uint64', '_/_', [UINT, UINT], UINT, { arity: 2, fn: divideUints }),
  ofDoubles('divide_double', '_/_', (a, b) => a / b),
  fn('modulo_int64', '_%_', [INT, INT], INT, { arity: 2, fn: remainderOfInts }),
  fn('modulo_uint64', '_%_', [UINT, UINT], UINT, { arity: 2, fn: remainderOfUints }),
  fn('negate_int64', '-_', [INT], INT, { arity: 1, fn: (a: bigint) => toInt(-a) }),
  fn('negate_double', '-_', [DOUBLE], DOUBLE, { arity: 1, fn: (a: number) => -a }),
];
