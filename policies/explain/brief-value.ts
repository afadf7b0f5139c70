import { showValue } from '../cel/tool/show-value.ts';
import { Failure } from '../values/failure.ts';
import { MapValue } from '../values/map.ts';
import { Optional, type Value } from '../values/value.ts';

const LONGEST_TEXT = 120;
const MOST_ITEMS = 8;
const MAX_DEPTH = 3;

/** A value as an expression would write it, cut where it is long: what a request brings may be very large. */
export function briefValue(value: Value, depth = 0): string {
  if (typeof value === 'string') return briefText(value);
  if (value instanceof Uint8Array) return briefBytes(value);
  if (value instanceof MapValue) return briefMap(value, depth);
  if (Array.isArray(value)) return briefList(value, depth);
  if (value instanceof Optional && value.value !== undefined) return `optional.of(${briefValue(value.value, depth)})`;
  return showValue(value);
}

function briefText(text: string): string {
  if (text.length <= LONGEST_TEXT) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, LONGEST_TEXT))}… (${text.length} characters)`;
}

function briefBytes(bytes: Uint8Array): string {
  if (bytes.length <= LONGEST_TEXT) return showValue(bytes);
  return `${showValue(bytes.subarray(0, LONGEST_TEXT))}… (${bytes.length} bytes)`;
}

function briefList(list: readonly Value[], depth: number): string {
  if (depth >= MAX_DEPTH && list.length > 0) return '[…]';
  const items = list.slice(0, MOST_ITEMS).map((item) => briefValue(item, depth + 1));
  return `[${withRest(items, list.length)}]`;
}

function briefMap(map: MapValue, depth: number): string {
  const keys = [...map.keys()];
  if (depth >= MAX_DEPTH && keys.length > 0) return '{…}';
  const entries = keys
    .slice(0, MOST_ITEMS)
    .map((key) => `${briefValue(key, depth + 1)}: ${briefEntry(map, key, depth)}`);
  return `{${withRest(entries, keys.length)}}`;
}

/** Reading an entry can fail: a header that was sent twice has no single value. */
function briefEntry(map: MapValue, key: Value, depth: number): string {
  const value = map.get(key);
  if (value === undefined) return 'null';
  return value instanceof Failure ? showValue(value) : briefValue(value, depth + 1);
}

function withRest(shown: readonly string[], count: number): string {
  return count > shown.length ? `${shown.join(', ')}, … ${count - shown.length} more` : shown.join(', ');
}
