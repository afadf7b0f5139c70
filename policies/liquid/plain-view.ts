import { Failure } from '../values/failure.ts';
import { MapValue } from '../values/map.ts';
import { Duration, Timestamp } from '../values/time.ts';
import { durationText, timestampText } from '../values/time-text.ts';
import { Optional, type Result, TypeValue, Uint } from '../values/value.ts';
import type { Effort } from './effort.ts';

/**
 * What templates see of a value: texts, numbers, booleans, lists, and objects that have their own properties and
 * nothing else, each read when it is asked for. What is missing is `undefined`.
 * @throws Error for what is there and cannot be told, such as a header that was sent twice.
 */
export function plainView(value: Result | undefined, effort: Effort): unknown {
  if (value instanceof Failure) return ofFailure(value);
  if (typeof value === 'bigint') return numberOf(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof MapValue) return viewOf(value, effort);
  if (Array.isArray(value)) return listOf(value, effort);
  if (value instanceof Uint8Array) return textOf(value, effort);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Uint) return numberOf(value.value);
  return value instanceof Optional ? plainView(value.value, effort) : nameOf(value);
}

function ofFailure({ kind, message }: Failure): undefined {
  if (kind !== 'missing') throw new Error(message);
}

/** Arithmetic of templates knows doubles alone: what they cannot hold stays the text that it is. */
function numberOf(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function listOf(list: readonly Result[], effort: Effort): unknown[] {
  effort.use(list.length);
  return list.map((item) => plainView(item, effort));
}

function textOf(bytes: Uint8Array, effort: Effort): string {
  effort.use(bytes.byteLength);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function nameOf(value: unknown): string | undefined {
  return value instanceof TypeValue ? value.name : undefined;
}

/** No prototype, and no function can be read: names are data. */
function viewOf(map: MapValue, effort: Effort): object {
  return new Proxy<object>(Object.create(null), handlerOf(map, effort));
}

function handlerOf(map: MapValue, effort: Effort): ProxyHandler<object> {
  const read = (key: string | symbol): unknown =>
    typeof key === 'string' ? plainView(map.get(key), effort) : undefined;
  return {
    get: (_, key) => read(key),
    has: (_, key) => read(key) !== undefined,
    ownKeys: () => {
      effort.use(map.size);
      return Array.from(map.keys(), String);
    },
    getOwnPropertyDescriptor: (_, key) => {
      const value = read(key);
      return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false };
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
    getPrototypeOf: () => null,
  };
}
