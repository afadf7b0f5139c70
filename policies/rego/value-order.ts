import { RegoSet, type RegoValue } from './value.ts';
import { writeValue } from './value-text.ts';

/**
 * The items in Rego's order of values, for sets and keys: null, booleans, numbers, strings, then the rest by its text.
 * Each text is written once: written for each comparison, a set of large objects would take seconds.
 */
export function inOrder<T>(items: readonly T[], keyOf: (item: T) => RegoValue): T[] {
  return items
    .map((item) => ({ item, place: placeOf(keyOf(item)) }))
    .sort((a, b) => compare(a.place, b.place))
    .map(({ item }) => item);
}

interface Place {
  readonly rank: number;
  readonly key: number | string;
}

function placeOf(value: RegoValue): Place {
  if (value === null) return { rank: 0, key: 0 };
  if (typeof value === 'boolean') return { rank: 1, key: Number(value) };
  if (typeof value === 'number' || typeof value === 'bigint') return { rank: 2, key: Number(value) };
  if (typeof value === 'string') return { rank: 3, key: value };
  const rank = value instanceof RegoSet ? 6 : Array.isArray(value) ? 4 : 5;
  return { rank, key: writeValue(value) };
}

function compare(a: Place, b: Place): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.key < b.key ? -1 : Number(a.key > b.key);
}
