import { RegoSet, type RegoValue } from './value.ts';

/**
 * The text form of the WebAssembly ABI: JSON, with sets as `{1,2}` and `set()`. Keys and items of sets are sorted: what
 * is equal has one text.
 */
export function writeValue(value: RegoValue): string {
  if (value instanceof RegoSet)
    return value.items.length === 0 ? 'set()' : `{${value.items.map(writeValue).sort().join(',')}}`;
  if (value instanceof Map) return `{${[...value].map(writeEntry).sort().join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(writeValue).join(',')}]`;
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function writeEntry([key, value]: readonly [RegoValue, RegoValue]): string {
  return `${writeValue(key)}:${writeValue(value)}`;
}
