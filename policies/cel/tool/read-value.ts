import { Failure, failure } from '../../values/failure.ts';
import { FullMap, type StoredKey, storedKey } from '../../values/map.ts';
import { readDuration, readTimestamp } from '../../values/time-text.ts';
import { Optional, type Result, TypeValue, Uint, type Value } from '../../values/value.ts';

const MAX_DEPTH = 200;
const SPECIAL_DOUBLES: ReadonlySet<unknown> = new Set(['NaN', 'Infinity', '-Infinity']);

/** A value in its typed JSON form, `{"int": "5"}`; a `Failure` says what is wrong with the form. */
export function readValue(json: unknown, depth = 0): Result {
  if (depth > MAX_DEPTH) return failure('the value is nested too deeply');
  const [form, ...more] = isObject(json) ? Object.entries(json) : [];
  if (form === undefined || more.length > 0) {
    return failure(`expected a value with its type, such as {"int":"5"}, got ${excerpt(json)}`);
  }
  const reader = READERS.get(form[0]);
  if (reader === undefined) return failure(`"${form[0]}" is no type of values`);
  const value = reader(form[1], depth);
  return value === undefined ? failure(`${excerpt(json)} is no ${form[0]}`) : value;
}

/** `undefined`: not of that form. */
type Reader = (json: unknown, depth: number) => Result | undefined;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['null', (json) => (json === null ? null : undefined)],
  ['bool', (json) => (typeof json === 'boolean' ? json : undefined)],
  ['int', (json) => readInteger(json, -(2n ** 63n), 2n ** 63n - 1n)],
  ['uint', readUint],
  ['double', readDouble],
  ['string', (json) => (typeof json === 'string' ? json : undefined)],
  ['bytes', readBytes],
  ['list', (json, depth) => (Array.isArray(json) ? readAll(json, depth) : undefined)],
  ['map', (json, depth) => (Array.isArray(json) ? readMap(json, depth) : undefined)],
  ['type', (json) => (typeof json === 'string' ? new TypeValue(json) : undefined)],
  ['timestamp', (json) => (typeof json === 'string' ? (readTimestamp(json) ?? undefined) : undefined)],
  ['duration', (json) => (typeof json === 'string' ? (readDuration(json) ?? undefined) : undefined)],
  ['optional', readOptional],
]);

function readInteger(json: unknown, smallest: bigint, largest: bigint): bigint | undefined {
  if (typeof json !== 'string' || !/^-?\d{1,20}$/.test(json)) return undefined;
  const value = BigInt(json);
  return value < smallest || value > largest ? undefined : value;
}

function readUint(json: unknown): Uint | undefined {
  const value = readInteger(json, 0n, 2n ** 64n - 1n);
  return value === undefined ? undefined : new Uint(value);
}

function readDouble(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  return SPECIAL_DOUBLES.has(json) ? Number(json) : undefined;
}

/** The decoder skips what is no base64: what it makes must give the text back. */
function readBytes(json: unknown): Uint8Array | undefined {
  if (typeof json !== 'string') return undefined;
  const bytes = Buffer.from(json, 'base64');
  const same = bytes.toString('base64').replaceAll('=', '') === json.replaceAll('=', '');
  return same ? new Uint8Array(bytes) : undefined;
}

function readAll(items: readonly unknown[], depth: number): Value[] | Failure {
  const values: Value[] = [];
  for (const item of items) {
    const value = readValue(item, depth + 1);
    if (value instanceof Failure) return value;
    values.push(value);
  }
  return values;
}

function readMap(entries: readonly unknown[], depth: number): Result | undefined {
  const keys: Value[] = [];
  const values = new Map<StoredKey, Value>();
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) return undefined;
    const pair = readAll(entry, depth);
    if (pair instanceof Failure) return pair;
    const [key, value] = pair as [Value, Value];
    const stored = typeof key === 'number' ? undefined : storedKey(key);
    if (stored === undefined) return failure(`${excerpt(entry[0])} cannot be a key`);
    if (values.has(stored)) return failure(`the key ${excerpt(entry[0])} is there twice`);
    keys.push(key);
    values.set(stored, value);
  }
  return new FullMap(keys, values);
}

function readOptional(json: unknown, depth: number): Result | undefined {
  if (!Array.isArray(json) || json.length > 1) return undefined;
  const values = readAll(json, depth);
  if (values instanceof Failure) return values;
  return values.length === 0 ? Optional.NONE : new Optional(values[0]);
}

export function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Short enough for a message. */
function excerpt(json: unknown): string {
  const text = JSON.stringify(json) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
