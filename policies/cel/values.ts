import {
  type CelInput,
  type CelList,
  type CelMap,
  type CelValue,
  celList,
  celMap,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
} from '@bufbuild/cel';
import { isMessage, toJson } from '@bufbuild/protobuf';
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { TimestampSchema, timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Ambiguous, FullMap, InputMap, type InputValue } from '../input/values.ts';

/** The package's view of an input list, made once for each; that of a map is kept on the map. */
const listViews = new WeakMap<readonly InputValue[], CelList>();

export function toCel(value: InputValue): CelInput {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof InputMap) return mapView(value);
  if (value instanceof Date) return toTimestamp(value);
  if (value instanceof Uint8Array) return value;
  // thrown, not given as a CEL error: no operator may absorb it
  if (value instanceof Ambiguous) throw new TypeError(value.message);
  return listView(value);
}

function listView(list: readonly InputValue[]): CelList {
  const known = listViews.get(list);
  if (known !== undefined) return known;
  const view = celList(list.map(toCel));
  listViews.set(list, view);
  return view;
}

export function mapView(map: InputMap): CelMap {
  // only this file sets it, and CEL is the one engine that needs a view
  map.engineView ??= celMap(new MapAdapter(map));
  return map.engineView as CelMap;
}

export function toTimestamp(date: Date): ReflectMessage {
  return reflect(TimestampSchema, timestampFromDate(date));
}

type Key = string | bigint | boolean;

/** Shows an `InputMap` as the kind of map that the package takes; values are converted when they are read. */
class MapAdapter implements ReadonlyMap<Key, CelInput> {
  readonly #map: InputMap;

  constructor(map: InputMap) {
    this.#map = map;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): CelInput | undefined {
    const value = typeof key === 'string' ? this.#map.get(key) : undefined;
    return value === undefined ? undefined : toCel(value);
  }

  has(key: Key): boolean {
    return typeof key === 'string' && this.#map.get(key) !== undefined;
  }

  forEach(callback: (value: CelInput, key: Key, map: ReadonlyMap<Key, CelInput>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  *entries(): MapIterator<[Key, CelInput]> {
    for (const key of this.#map.keys()) yield [key, this.get(key) as CelInput];
  }

  *keys(): MapIterator<Key> {
    yield* this.#map.keys();
  }

  *values(): MapIterator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[Key, CelInput]> {
    return this.entries();
  }
}

/** A result in the language-independent form. Durations and types become their text. */
export function fromCel(value: CelValue): InputValue {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (isCelUint(value)) return value.value;
  if (isCelList(value)) return Array.from(value, fromCel);
  if (isCelMap(value)) return new FullMap(new Map(Array.from(value, ([key, item]) => [keyText(key), fromCel(item)])));
  if (isCelType(value)) return value.name;
  return isReflectMessage(value) ? fromMessage(value) : String(value);
}

function keyText(key: unknown): string {
  return isCelUint(key) ? String(key.value) : String(key);
}

function fromMessage(value: ReflectMessage): InputValue {
  const { desc, message } = value;
  if (isMessage(message, TimestampSchema)) return timestampDate(message);
  const json = toJson(desc, message);
  return typeof json === 'string' ? json : JSON.stringify(json);
}
