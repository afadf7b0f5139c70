import { MapValue } from '../values/map.ts';
import { Timestamp } from '../values/time.ts';
import type { Value } from '../values/value.ts';

/**
 * How plain data is read. A whole number of a `resource` is an integer. `free` data (attrs, labels, JSON bodies) has
 * no schema, so its numbers are doubles as in CEL's own reading of JSON: their type must not depend on their value.
 */
type Reading = 'resource' | 'free';

const FREE_FIELDS: ReadonlySet<string> = new Set([
  'attrs',
  'labels',
  'annotations',
  'specLabels',
  'systemLabels',
  'bodyMap',
]);
/** Texts of resources that are read as timestamps. */
export const TIME_FIELDS: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'expiresAt',
  'setAt',
  'lastRotationAt',
]);

/** Plain objects and arrays as input. A `null` field counts as absent, and so does what is no plain data. */
class PlainMap extends MapValue {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #reading: Reading;
  readonly #known = new Map<string, Value>();
  /** The names that have a value, once somebody has asked for all of them. */
  #present: readonly string[] | null = null;

  constructor(source: Readonly<Record<string, unknown>>, reading: Reading) {
    super();
    this.#source = source;
    this.#reading = reading;
  }

  get size(): number {
    return this.#names().length;
  }

  get(name: Value): Value | undefined {
    if (typeof name !== 'string') return undefined;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.#source, name)) return undefined;
    const value = this.#convert(name, this.#source[name]);
    if (value !== undefined) this.#known.set(name, value);
    return value;
  }

  keys(): Iterable<string> {
    return this.#names();
  }

  #names(): readonly string[] {
    this.#present ??= Object.keys(this.#source).filter((name) => this.get(name) !== undefined);
    return this.#present;
  }

  #convert(name: string, value: unknown): Value | undefined {
    if (value === null) return undefined;
    if (this.#reading === 'free') return convert(value, 'free');
    if (typeof value === 'string' && TIME_FIELDS.has(name)) return timestamp(value);
    return convert(value, FREE_FIELDS.has(name) ? 'free' : 'resource');
  }
}

/** A resource, with real integers and timestamps. */
export function resourceMap(resource: object): MapValue {
  return new PlainMap(resource as Readonly<Record<string, unknown>>, 'resource');
}

/** A JSON object of whatever shape. */
export function freeMap(data: object): MapValue {
  return new PlainMap(data as Readonly<Record<string, unknown>>, 'free');
}

function convert(value: unknown, reading: Reading): Value | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'string':
    case 'bigint':
      return value;
    case 'number':
      return reading === 'resource' && Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'object':
      return convertObject(value, reading);
    default:
      return undefined;
  }
}

function convertObject(value: object | null, reading: Reading): Value | undefined {
  if (value === null || value instanceof Uint8Array) return value;
  if (value instanceof Date) return Timestamp.ofMilliseconds(value.getTime());
  if (Array.isArray(value)) return value.map((item) => convert(item, reading) ?? null);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return new PlainMap(value as Readonly<Record<string, unknown>>, reading);
}

function timestamp(text: string): Value {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : Timestamp.ofMilliseconds(time);
}
