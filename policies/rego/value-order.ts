import { RegoSet, type RegoValue } from './value.ts';
import { writeValue } from './value-text.ts';

/** Rego's order of values, for sets and keys: null, booleans, numbers, strings, then the rest by its text. */
export function compareValues(a: RegoValue, b: RegoValue): number {
  const [first, second] = [rankOf(a), rankOf(b)];
  if (first !== second) return first - second;
  if (first === NUMBER) return Number(a) - Number(b);
  const [one, other] = first === STRING ? [a as string, b as string] : [writeValue(a), writeValue(b)];
  return one < other ? -1 : Number(one > other);
}

const NUMBER = 2;
const STRING = 3;

function rankOf(value: RegoValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'number' || typeof value === 'bigint') return NUMBER;
  if (typeof value === 'string') return STRING;
  if (value instanceof RegoSet) return 6;
  return Array.isArray(value) ? 4 : 5;
}
