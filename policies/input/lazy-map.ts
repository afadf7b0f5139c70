import type { Failure } from '../values/failure.ts';
import { type FieldName, MapValue } from '../values/map.ts';
import type { Value } from '../values/value.ts';

/** Computes a field; `undefined` means that it is absent. */
type Reader<S> = (source: S) => Value | Failure | undefined;

export type Field<S> = readonly [name: string, read: Reader<S>];

/** The fields that maps of one kind may have, made once for all of them. */
export class Fields<S> {
  readonly names: readonly string[];
  readonly readers: readonly Reader<S>[];
  readonly #positions: ReadonlyMap<Value, number>;

  constructor(fields: readonly Field<S>[]) {
    this.names = fields.map(([name]) => name);
    this.readers = fields.map(([, read]) => read);
    this.#positions = new Map(this.names.map((name, i) => [name, i]));
  }

  /** -1: there is no such field. */
  positionOf(name: Value): number {
    return this.#positions.get(name) ?? -1;
  }
}

/** A map with a fixed set of fields, each computed when an expression reads it first. */
export class LazyMap<S> extends MapValue {
  readonly #source: S;
  readonly #fields: Fields<S>;
  readonly #known: (Value | Failure | undefined)[];

  constructor(source: S, fields: Fields<S>) {
    super();
    this.#source = source;
    this.#fields = fields;
    this.#known = new Array(fields.names.length);
  }

  get size(): number {
    return [...this.keys()].length;
  }

  get(name: Value): Value | Failure | undefined {
    return this.#at(this.#fields.positionOf(name));
  }

  override field(field: FieldName): Value | Failure | undefined {
    if (field.form !== this.#fields) {
      field.form = this.#fields;
      field.position = this.#fields.positionOf(field.name);
    }
    return this.#at(field.position);
  }

  *keys(): Iterable<string> {
    for (const [i, name] of this.#fields.names.entries()) if (this.#at(i) !== undefined) yield name;
  }

  #at(position: number): Value | Failure | undefined {
    if (position < 0) return undefined;
    const known = this.#known[position];
    if (known !== undefined) return known;
    const value = this.#fields.readers[position]!(this.#source);
    this.#known[position] = value;
    return value;
  }
}
