import { type Budget, ENTRY_COST, OVER_BUDGET, spendText } from './budget.ts';
import { Failure } from './failure.ts';
import { MapValue } from './map.ts';
import { Duration, Timestamp } from './time.ts';
import { type ListValue, Optional, TypeValue, Uint, type Value } from './value.ts';

/** Units that an item of a list takes. */
const ITEM_COST = 3;

/** Deeper values are not compared: JavaScript's stack is not endless. */
const MAX_DEPTH = 200;

/**
 * Whether two values are equal: numbers by what they are worth, whatever their types, and as doubles where one is;
 * lists and maps by what is in them; values of different types never. NaN equals nothing.
 */
export function equal(a: Value, b: Value, budget: Budget): boolean | Failure {
  return equalAt(a, b, budget, 0);
}

function equalAt(a: Value, b: Value, budget: Budget, depth: number): boolean | Failure {
  switch (typeof a) {
    case 'string':
      return typeof b === 'string' && equalText(a, b, budget);
    case 'bigint':
      return equalInteger(a, b);
    case 'number':
      return typeof b === 'number' ? a === b : equalDouble(a, b);
    case 'boolean':
      return a === b;
    default:
      return a === null || b === null ? a === b : equalObjects(a, b, budget, depth);
  }
}

function equalText(a: string, b: string, budget: Budget): boolean | Failure {
  if (a.length !== b.length) return false;
  return spendText(a.length, budget) ? a === b : OVER_BUDGET;
}

function equalInteger(a: bigint, b: Value): boolean {
  if (typeof b === 'bigint') return a === b;
  if (typeof b === 'number') return Number(a) === b;
  return b instanceof Uint && b.value === a;
}

function equalDouble(a: number, b: Value): boolean {
  const integer = b instanceof Uint ? b.value : b;
  return typeof integer === 'bigint' && equalInteger(integer, a);
}

function equalObjects(a: Value & object, b: Value, budget: Budget, depth: number): boolean | Failure {
  if (a instanceof Uint) return equalInteger(a.value, b);
  if (typeof b !== 'object' || b === null) return false;
  if (a instanceof MapValue) return b instanceof MapValue && equalMaps(a, b, budget, depth);
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b, budget, depth);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b, budget);
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b, budget, depth);
  return equalOpaque(a, b);
}

function equalOpaque(a: object, b: object): boolean {
  if (a instanceof Timestamp) return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.seconds === b.seconds && a.nanos === b.nanos;
  return a instanceof TypeValue && b instanceof TypeValue && a.name === b.name;
}

function equalBytes(a: Uint8Array, b: Uint8Array, budget: Budget): boolean | Failure {
  if (a.length !== b.length) return false;
  return spendText(a.length, budget) ? Buffer.compare(a, b) === 0 : OVER_BUDGET;
}

function equalOptionals(a: Optional, b: Optional, budget: Budget, depth: number): boolean | Failure {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equalInside(a.value, b.value, budget, depth);
}

function equalLists(a: ListValue, b: ListValue, budget: Budget, depth: number): boolean | Failure {
  if (a.length !== b.length) return false;
  for (const [i, item] of a.entries()) {
    const same = equalInside(item, b[i]!, budget, depth);
    if (same !== true) return same;
  }
  return true;
}

function equalMaps(a: MapValue, b: MapValue, budget: Budget, depth: number): boolean | Failure {
  if (a.size !== b.size) return false;
  if (!budget.spend(a.size * ENTRY_COST)) return OVER_BUDGET;
  for (const key of a.keys()) {
    const [one, other] = [a.get(key), b.get(key)];
    if (other === undefined) return false;
    if (one instanceof Failure) return one;
    if (other instanceof Failure) return other;
    const same = one === undefined ? false : equalInside(one, other, budget, depth);
    if (same !== true) return same;
  }
  return true;
}

function equalInside(a: Value, b: Value, budget: Budget, depth: number): boolean | Failure {
  if (!budget.spend(ITEM_COST)) return OVER_BUDGET;
  if (depth >= MAX_DEPTH) return new Failure('error', 'the values are nested too deeply to be compared');
  return equalAt(a, b, budget, depth + 1);
}
