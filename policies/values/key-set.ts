import { NUMBER_KEY_COST } from './budget.ts';
import { type StoredKey, storedKey, storedName } from './map.ts';
import { Uint, type Value } from './value.ts';

/**
 * Values that can be keys, of which one can be asked whether there is an equal one, as `equal` has it: a double equals
 * every int and uint that is nearest to it, though their keys differ.
 */
export class KeySet {
  readonly #keys = new Set<StoredKey>();
  /** Doubles that are the nearest to several integers, as texts: JavaScript's numbers could be made to collide. */
  readonly #doubles = new Set<string>();
  /** What those integers are as doubles. */
  readonly #rounded = new Set<string>();

  /** `null` when one of the values can be no key. */
  static of(values: readonly Value[]): KeySet | null {
    const set = new KeySet();
    return values.every((value) => set.add(value)) ? set : null;
  }

  /** `false`: it can be no key, and is not in the set. */
  add(value: Value): boolean {
    const key = storedKey(value);
    if (key === undefined) return false;
    this.#keys.add(key);
    if (isLarge(value)) (typeof value === 'number' ? this.#doubles : this.#rounded).add(asDouble(value));
    return true;
  }

  /** `undefined`: it can be no key, and equals none. */
  has(value: Value): boolean | undefined {
    const key = storedKey(value);
    if (key === undefined) return undefined;
    return this.#keys.has(key) || (isLarge(value) && this.#hasRounded(value));
  }

  /** `has` of a text. */
  hasText(text: string): boolean {
    return this.#keys.has(storedName(text));
  }

  #hasRounded(value: number | bigint | Uint): boolean {
    const others = typeof value === 'number' ? this.#rounded : this.#doubles;
    return others.size > 0 && others.has(asDouble(value));
  }
}

/** Units that looking a value up takes which is no text, or adding it. */
export function keyCost(value: Value): number {
  return isLarge(value) ? 2 * NUMBER_KEY_COST : NUMBER_KEY_COST;
}

/** A number that a double is not exact about. */
function isLarge(value: Value): value is number | bigint | Uint {
  if (typeof value === 'number') return !Number.isSafeInteger(value) && Number.isInteger(value);
  const integer = value instanceof Uint ? value.value : value;
  return typeof integer === 'bigint' && !Number.isSafeInteger(Number(integer));
}

function asDouble(value: number | bigint | Uint): string {
  return String(Number(value instanceof Uint ? value.value : value));
}
