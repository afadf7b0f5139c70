import { type Budget, OVER_BUDGET } from '../values/budget.ts';
import { Failure, failure } from '../values/failure.ts';
import { MapValue } from '../values/map.ts';
import { Timestamp } from '../values/time.ts';
import type { Result, Value } from '../values/value.ts';

/**
 * How plain data is read. A whole number of a `resource` is an integer. `free` data (attrs, labels, JSON bodies) has
 * no schema, so its numbers are doubles as in CEL's own reading of JSON: their type must not depend on their value.
 */
interface Reading {
  readonly kind: 'resource' | 'free';
  /** What reading may take, of what a client sent: that may be much. */
  readonly budget: Budget | null;
}

const RESOURCE: Reading = { kind: 'resource', budget: null };
const FREE: Reading = { kind: 'free', budget: null };

const FREE_FIELDS: ReadonlySet<string> = new Set([
  'attrs',
  'labels',
  'annotations',
  'specLabels',
  'systemLabels',
  'bodyMap',
  'claims',
]);
/** Texts of resources that are read as timestamps. */
export const TIME_FIELDS: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'expiresAt',
  'setAt',
  'lastRotationAt',
]);

/** Lists that are nested deeper are not read: JavaScript's stack is not endless. */
const MAX_DEPTH = 200;
const TOO_DEEP = failure('the lists are nested too deeply');

/** Units that reading a list or a map takes, and each name of a map; two items of a list are one unit. */
const OBJECT_COST = 8;
const NAME_COST = 4;

/** Plain objects and arrays as input. A `null` field counts as absent, and so does what is no plain data. */
class PlainMap extends MapValue {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #reading: Reading;
  /** What was read and is not as it is in the source. */
  #known: Map<string, Value> | null = null;
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

  get(name: Value): Result | undefined {
    if (typeof name !== 'string') return undefined;
    const known = this.#known?.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.#source, name)) return undefined;
    const raw = this.#source[name];
    const value = this.#convert(name, raw);
    if (value !== undefined && value !== raw && !(value instanceof Failure)) this.#remember(name, value);
    return value;
  }

  keys(): Iterable<string> {
    return this.#names();
  }

  #remember(name: string, value: Value): void {
    this.#known ??= new Map();
    this.#known.set(name, value);
  }

  #names(): readonly string[] {
    this.#present ??= this.#allNames().filter((name) => isPresent(this.#source[name]));
    return this.#present;
  }

  #allNames(): string[] {
    const names = Object.keys(this.#source);
    this.#reading.budget?.spend(names.length * NAME_COST);
    return names;
  }

  #convert(name: string, value: unknown): Result | undefined {
    if (value === null) return undefined;
    if (this.#reading.kind === 'free') return convert(value, this.#reading, 0);
    if (typeof value === 'string' && TIME_FIELDS.has(name)) return timestamp(value);
    return convert(value, FREE_FIELDS.has(name) ? FREE : RESOURCE, 0);
  }
}

/** A resource, with real integers and timestamps. */
export function resourceMap(resource: object): MapValue {
  return new PlainMap(resource as Readonly<Record<string, unknown>>, RESOURCE);
}

/** A JSON object of whatever shape. @param budget what reading it may take, where a client sent it */
export function freeMap(data: object, budget: Budget | null = null): MapValue {
  const reading: Reading = budget === null ? FREE : { kind: 'free', budget };
  return new PlainMap(data as Readonly<Record<string, unknown>>, reading);
}

/** Whether there is a value for it, without reading it. */
function isPresent(value: unknown): boolean {
  return isScalar(value) || (typeof value === 'object' && value !== null && isData(value));
}

function isScalar(value: unknown): value is boolean | string | bigint | number {
  return (
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
  );
}

function isData(value: object): boolean {
  return Array.isArray(value) || value instanceof Uint8Array || value instanceof Date || isPlain(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function convert(value: unknown, reading: Reading, depth: number): Result | undefined {
  if (typeof value === 'number') {
    return reading.kind === 'resource' && Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (isScalar(value)) return value;
  return typeof value === 'object' ? convertObject(value, reading, depth) : undefined;
}

function convertObject(value: object | null, reading: Reading, depth: number): Result | undefined {
  if (value === null || value instanceof Uint8Array) return value;
  if (value instanceof Date) return Timestamp.ofMilliseconds(value.getTime());
  if (reading.budget?.spend(OBJECT_COST) === false) return OVER_BUDGET;
  if (Array.isArray(value)) return convertList(value, reading, depth);
  return isPlain(value) ? new PlainMap(value as Readonly<Record<string, unknown>>, reading) : undefined;
}

/** A list of texts, or of numbers that stay doubles, is itself. */
function convertList(list: readonly unknown[], reading: Reading, depth: number): Result {
  if (depth >= MAX_DEPTH) return TOO_DEEP;
  if (reading.budget?.spend(list.length >>> 1) === false) return OVER_BUDGET;
  if (reading.kind === 'free' && list.every((item) => item === null || isScalar(item))) return list as readonly Value[];
  const values: Value[] = [];
  for (const item of list) {
    const value = convert(item, reading, depth + 1) ?? null;
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}

function timestamp(text: string): Value {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : Timestamp.ofMilliseconds(time);
}
