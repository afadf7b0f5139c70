import { ENTRY_COST, OVER_BUDGET, spendKey } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { FullMap, type MapValue, type StoredKey, storedKey } from '../../../values/map.ts';
import type { Result, Value } from '../../../values/value.ts';
import { mapOf, param } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

const NO_KEY = failure('a value of this type cannot be a key of a map');
const KEY_TWICE = failure('a map has a key twice');

type Entry = readonly [key: Value, value: Value | Failure];

/** A map with more entries, none of which it has yet. */
function withEntries(map: MapValue, added: readonly Entry[], caller: Caller): Result {
  if (!caller.spend((map.size + added.length) * ENTRY_COST)) return OVER_BUDGET;
  const entries = [...entriesOf(map), ...added];
  const values = new Map<StoredKey, Value | Failure>();
  for (const [key, value] of entries) {
    const stored = typeof key === 'number' ? undefined : storedKey(key);
    if (stored === undefined) return NO_KEY;
    if (values.has(stored)) return KEY_TWICE;
    if (value instanceof Failure) return value;
    if (!spendKey(key, caller)) return OVER_BUDGET;
    values.set(stored, value);
  }
  return new FullMap(
    entries.map(([key]) => key),
    values,
  );
}

function entriesOf(map: MapValue): Entry[] {
  return Array.from(map.keys(), (key) => [key, map.get(key) ?? null]);
}

function insert(map: MapValue, key: Value, value: Value, caller: Caller): Result {
  return withEntries(map, [[key, value]], caller);
}

function insertAll(map: MapValue, other: MapValue, caller: Caller): Result {
  return caller.spend(other.size) ? withEntries(map, entriesOf(other), caller) : OVER_BUDGET;
}

const [K, V] = [param('K'), param('V')];
const MAP = mapOf(K, V);

/** What the macros `transformMap` and `transformMapEntry` call. */
export const MAP_INSERT: readonly Overload[] = [
  fn('@mapInsert_map_key_value', 'cel.@mapInsert', [MAP, K, V], MAP, { arity: 3, fn: insert }),
  fn('@mapInsert_map_map', 'cel.@mapInsert', [MAP, MAP], MAP, { arity: 2, fn: insertAll }),
];
