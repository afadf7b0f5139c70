import { type Advice, adviceAt, type Path } from './advice.ts';

/** Integers of `attrs` that no double is exact about: they equal every integer that is nearest to the same one. */
export function inexactIntegers(value: unknown, path: Path = ['attrs']): Advice[] {
  if (typeof value === 'number') return isInexact(value) ? [inexact(value, path)] : [];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]: [string | number, unknown]) => inexactIntegers(inner, [...path, key]));
}

/** From here on no id is meant: ints and uints end below. */
const BEYOND_INTEGERS = 2 ** 64;

function isInexact(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) <= BEYOND_INTEGERS;
}

function inexact(value: number, path: Path): Advice {
  const message = `the number is kept as ${value} and equals its neighbours too: from 2^53 on not all integers are told apart`;
  return adviceAt(path, message, 'write it as a text, and compare it with string(…)');
}
