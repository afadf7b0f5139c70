/**
 * The values that conditions see, independent of the expression language. `bigint` is an integer, `number` a double,
 * `Date` a timestamp, `Uint8Array` bytes. Names are data in an `InputMap`: no prototype can be reached through one.
 */
export type InputValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Date
  | Uint8Array
  | readonly InputValue[]
  | InputMap
  | Ambiguous;

/** A map from names to values. What is absent is `undefined`; a name that is there may still be ambiguous. */
export abstract class InputMap {
  /** What an engine made of this map for itself; a WeakMap of short-lived maps costs more than evaluating. */
  engineView: object | null = null;

  abstract get(name: string): InputValue | undefined;
  /** The names that have a value. */
  abstract keys(): Iterable<string>;

  get size(): number {
    let count = 0;
    for (const _ of this.keys()) count += 1;
    return count;
  }
}

/** Stands where one value is asked for and the request has several: an expression that reads it ends in an error. */
export class Ambiguous {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A field is computed when an expression reads it first; `undefined` means that it is absent. */
export type Fields<S> = ReadonlyMap<string, (source: S) => InputValue | undefined>;

/** A map with a fixed set of fields, each computed on first reading; texts and numbers, which are at hand, on each. */
export class LazyMap<S> extends InputMap {
  readonly #source: S;
  readonly #fields: Fields<S>;
  #known: Map<string, InputValue> | null = null;

  constructor(source: S, fields: Fields<S>) {
    super();
    this.#source = source;
    this.#fields = fields;
  }

  get(name: string): InputValue | undefined {
    const known = this.#known?.get(name);
    if (known !== undefined) return known;
    const value = this.#fields.get(name)?.(this.#source);
    if (typeof value === 'object') this.#keep(name, value);
    return value;
  }

  #keep(name: string, value: InputValue): void {
    this.#known ??= new Map();
    this.#known.set(name, value);
  }

  *keys(): Iterable<string> {
    for (const name of this.#fields.keys()) if (this.get(name) !== undefined) yield name;
  }
}

/** A map whose entries are all known. */
export class FullMap extends InputMap {
  readonly #entries: ReadonlyMap<string, InputValue>;

  constructor(entries: ReadonlyMap<string, InputValue>) {
    super();
    this.#entries = entries;
  }

  get(name: string): InputValue | undefined {
    return this.#entries.get(name);
  }

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  override get size(): number {
    return this.#entries.size;
  }
}
