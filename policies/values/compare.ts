import { type Budget, OVER_BUDGET, spendCharacters, spendText } from './budget.ts';
import type { Failure } from './failure.ts';
import { Duration, Timestamp } from './time.ts';
import { Uint, type Value } from './value.ts';

/**
 * Below, at or above zero as `a` is before, with or after `b`; NaN when a double is NaN. Numbers compare by what they
 * are worth, whatever their types, and as doubles where one is. `undefined`: values of these types have no order.
 */
export function compare(a: Value, b: Value, budget: Budget): number | undefined | Failure {
  if (typeof a === 'string') return typeof b === 'string' ? compareCharged(a, b, budget) : undefined;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return compareNumbers(x, y);
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b, budget) : undefined;
  if (a instanceof Timestamp) return b instanceof Timestamp ? compareTimes(a, b) : undefined;
  return a instanceof Duration && b instanceof Duration ? compareTimes(a, b) : undefined;
}

function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

function compareNumbers(a: bigint | number, b: bigint | number): number {
  if (typeof a !== typeof b) return compareNumbers(Number(a), Number(b));
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
}

function compareCharged(a: string, b: string, budget: Budget): number | Failure {
  return spendCharacters(Math.min(a.length, b.length), budget) ? compareText(a, b) : OVER_BUDGET;
}

/** By code points, which UTF-16 units are out of order for. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(a: Uint8Array, b: Uint8Array, budget: Budget): number | Failure {
  return spendText(Math.min(a.length, b.length), budget) ? Buffer.compare(a, b) : OVER_BUDGET;
}

function compareTimes(a: Timestamp | Duration, b: Timestamp | Duration): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}
