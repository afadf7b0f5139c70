import { failure } from '../../../values/failure.ts';
import { toInt } from '../../../values/integer.ts';
import { type Result, Uint } from '../../../values/value.ts';
import { BOOL, DOUBLE, INT, UINT } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Overload } from '../overload.ts';

const NEGATIVE_SHIFT = failure('the number of bits to shift by is negative');

/** Halves away from zero. */
function round(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function sign(value: number): number {
  return value > 0 ? 1 : value < 0 ? -1 : value === 0 ? 0 : value;
}

function ofDouble(name: string, compute: (value: number) => number): Overload {
  return fn(`math_${name}_double`, `math.${name}`, [DOUBLE], DOUBLE, { arity: 1, fn: compute });
}

function isKind(name: string, test: (value: number) => boolean): Overload {
  return fn(`math_${name}_double`, `math.${name}`, [DOUBLE], BOOL, { arity: 1, fn: test });
}

const DOUBLES: readonly Overload[] = [
  ofDouble('ceil', Math.ceil),
  ofDouble('floor', Math.floor),
  ofDouble('round', round),
  ofDouble('trunc', Math.trunc),
  ofDouble('abs', Math.abs),
  ofDouble('sign', sign),
  ofDouble('sqrt', Math.sqrt),
  isKind('isNaN', Number.isNaN),
  isKind('isInf', (value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY),
  isKind('isFinite', Number.isFinite),
];

const INTEGERS: readonly Overload[] = [
  fn('math_abs_int', 'math.abs', [INT], INT, { arity: 1, fn: (value: bigint) => toInt(value < 0n ? -value : value) }),
  fn('math_abs_uint', 'math.abs', [UINT], UINT, { arity: 1, fn: (value: Uint) => value }),
  fn('math_sign_int', 'math.sign', [INT], INT, { arity: 1, fn: (value: bigint) => BigInt(sign(Number(value))) }),
  fn('math_sign_uint', 'math.sign', [UINT], UINT, {
    arity: 1,
    fn: ({ value }: Uint) => new Uint(value === 0n ? 0n : 1n),
  }),
  fn('math_sqrt_int', 'math.sqrt', [INT], DOUBLE, { arity: 1, fn: (value: bigint) => Math.sqrt(Number(value)) }),
  fn('math_sqrt_uint', 'math.sqrt', [UINT], DOUBLE, { arity: 1, fn: ({ value }: Uint) => Math.sqrt(Number(value)) }),
];

function bitwise(name: string, compute: (a: bigint, b: bigint) => bigint): Overload[] {
  const ofUints = (a: Uint, b: Uint) => new Uint(compute(a.value, b.value));
  return [
    fn(`math_${name}_int_int`, `math.${name}`, [INT, INT], INT, { arity: 2, fn: compute }),
    fn(`math_${name}_uint_uint`, `math.${name}`, [UINT, UINT], UINT, { arity: 2, fn: ofUints }),
  ];
}

const WIDTH = 64n;

function shiftLeft(bits: bigint, by: bigint): bigint {
  return BigInt.asUintN(64, bits << by);
}

/** Zeros come in from the left, also for negative ints. */
function shiftRight(bits: bigint, by: bigint): bigint {
  return BigInt.asUintN(64, bits) >> by;
}

function shifted(name: string, shift: typeof shiftLeft): Overload[] {
  const safely = (bits: bigint, by: bigint, wrap: (bits: bigint) => Result): Result =>
    by < 0n ? NEGATIVE_SHIFT : wrap(by >= WIDTH ? 0n : shift(bits, by));
  const ofInt = (value: bigint, by: bigint) => safely(value, by, (bits) => BigInt.asIntN(64, bits));
  const ofUint = ({ value }: Uint, by: bigint) => safely(value, by, (bits) => new Uint(bits));
  return [
    fn(`math_${name}_int_int`, `math.${name}`, [INT, INT], INT, { arity: 2, fn: ofInt }),
    fn(`math_${name}_uint_int`, `math.${name}`, [UINT, INT], UINT, { arity: 2, fn: ofUint }),
  ];
}

const BITS: readonly Overload[] = [
  ...bitwise('bitAnd', (a, b) => a & b),
  ...bitwise('bitOr', (a, b) => a | b),
  ...bitwise('bitXor', (a, b) => a ^ b),
  fn('math_bitNot_int_int', 'math.bitNot', [INT], INT, { arity: 1, fn: (value: bigint) => ~value }),
  fn('math_bitNot_uint_uint', 'math.bitNot', [UINT], UINT, {
    arity: 1,
    fn: ({ value }: Uint) => new Uint(BigInt.asUintN(64, ~value)),
  }),
  ...shifted('bitShiftLeft', shiftLeft),
  ...shifted('bitShiftRight', shiftRight),
];

export const MATH: readonly Overload[] = [...DOUBLES, ...INTEGERS, ...BITS];
