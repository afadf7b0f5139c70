import type { Failure } from './failure.ts';
import { Uint, type Value } from './value.ts';

/**
 * A map. Keys are strings, bools, ints and uints; a double that is a whole number finds the int. Names are data: no
 * prototype can be reached through one.
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

/** What a key is stored under: ints and uints of one value are one key. */
export type StoredKey = string | boolean | bigint;

/** `undefined` for what is no key and equals none. */
export function storedKey(key: Value): StoredKey | undefined {
  switch (typeof key) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return key;
    case 'number':
      return Number.isInteger(key) ? BigInt(key) : undefined;
    default:
      return key instanceof Uint ? key.value : undefined;
  }
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
    const values = new Map<StoredKey, Value | Failure>(entries);
    return new FullMap([...values.keys()], values);
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: Value): Value | Failure | undefined {
    const stored = typeof key === 'string' ? key : storedKey(key);
    return stored === undefined ? undefined : this.#values.get(stored);
  }

  keys(): Iterable<Value> {
    return this.#keys;
  }
}
