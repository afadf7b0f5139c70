import type { Failure } from './failure.ts';
import { Uint, type Value } from './value.ts';

/**
 * A map. Keys are strings, bools, ints and uints; a double finds the int of exactly its value, and none that is merely
 * nearest to it (cel-go: `Mapper.Find`). Names are data: no prototype can be reached through one.
 */
export abstract class MapValue {
  abstract readonly size: number;
  /** `undefined` when there is no such key; a `Failure` when there is one whose value cannot be told. */
  abstract get(key: Value): Value | Failure | undefined;
  abstract keys(): Iterable<Value>;

  /** `get` for a name that is read again and again. */
  field(field: FieldName): Value | Failure | undefined {
    return this.get(field.name);
  }
}

/** A name that an expression reads each time. A map of a fixed form keeps here where it has it. */
export class FieldName {
  readonly name: string;
  form: object | null = null;
  position = -1;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * What a key is stored under: ints and uints of one value are one key. Numbers are texts, `#1`: V8 hashes texts with a
 * seed, but numbers so that anybody can send many that collide. Texts that begin with the same sign have it twice.
 */
export type StoredKey = string | boolean;

const MARK = '#';
const MARK_CODE = MARK.charCodeAt(0);
/** From here on no int or uint is as large as a double, and its shortest text is as good as its digits. */
const BEYOND_INTEGERS = 2 ** 64;

/** `undefined` for what is no key and equals none. */
export function storedKey(key: Value): StoredKey | undefined {
  switch (typeof key) {
    case 'string':
      return storedName(key);
    case 'boolean':
      return key;
    case 'bigint':
      return `${MARK}${key}`;
    case 'number':
      return Number.isInteger(key) ? `${MARK}${digitsOf(key)}` : undefined;
    default:
      return key instanceof Uint ? `${MARK}${key.value}` : undefined;
  }
}

/** `storedKey` of a text. */
export function storedName(name: string): string {
  return isMarked(name) ? MARK + name : name;
}

function isMarked(name: string): boolean {
  return name.charCodeAt(0) === MARK_CODE;
}

/** The same as those of an int of the same value, also where the shortest text of the double has zeros instead. */
function digitsOf(whole: number): number | bigint {
  return Number.isSafeInteger(whole) || Math.abs(whole) >= BEYOND_INTEGERS ? whole : BigInt(whole);
}

/** A map whose entries are all known. The value of a key may be a `Failure`. */
export class FullMap extends MapValue {
  /** The keys as they were given. */
  readonly #keys: readonly Value[];
  readonly #values: ReadonlyMap<StoredKey, Value | Failure>;

  /** @param keys in order, without repetition; each has a `storedKey` */
  constructor(keys: readonly Value[], values: ReadonlyMap<StoredKey, Value | Failure>) {
    super();
    this.#keys = keys;
    this.#values = values;
  }

  static of(entries: Iterable<readonly [string, Value | Failure]>): FullMap {
    const values = new Map<string, Value | Failure>(entries);
    const names = [...values.keys()];
    return new FullMap(names, names.some(isMarked) ? renamed(values) : values);
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: Value): Value | Failure | undefined {
    const stored = storedKey(key);
    return stored === undefined ? undefined : this.#values.get(stored);
  }

  keys(): Iterable<Value> {
    return this.#keys;
  }
}

function renamed<V>(values: ReadonlyMap<string, V>): Map<StoredKey, V> {
  return new Map(Array.from(values, ([name, value]) => [storedName(name), value]));
}
