import { Failure } from '../../values/failure.ts';
import { MapValue } from '../../values/map.ts';
import { Duration, Timestamp } from '../../values/time.ts';
import { durationText, timestampText } from '../../values/time-text.ts';
import { Optional, type Result, TypeValue, Uint, type Value } from '../../values/value.ts';

/** The typed JSON form of a value, as text: `{"int":"5"}`. What a map cannot give is `{"error":…}` in its place. */
export function writeValue(value: Result): string {
  switch (typeof value) {
    case 'boolean':
      return `{"bool":${value}}`;
    case 'bigint':
      return `{"int":"${value}"}`;
    case 'number':
      return `{"double":${writeDouble(value)}}`;
    case 'string':
      return `{"string":${JSON.stringify(value)}}`;
    default:
      return value === null ? '{"null":null}' : writeObject(value);
  }
}

/** A minus of zero is written so that readers take it for a double. */
function writeDouble(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
}

function writeObject(value: Exclude<Result, null | boolean | bigint | number | string>): string {
  if (value instanceof Uint) return `{"uint":"${value.value}"}`;
  if (value instanceof Uint8Array) return `{"bytes":"${Buffer.from(value).toString('base64')}"}`;
  if (value instanceof Timestamp) return `{"timestamp":"${timestampText(value)}"}`;
  if (value instanceof Duration) return `{"duration":"${durationText(value)}"}`;
  if (value instanceof TypeValue) return `{"type":${JSON.stringify(value.name)}}`;
  if (value instanceof Failure) return `{"error":${JSON.stringify(value.message)}}`;
  if (value instanceof MapValue) return `{"map":[${writeEntries(value)}]}`;
  if (value instanceof Optional) return `{"optional":[${value.value === undefined ? '' : writeValue(value.value)}]}`;
  return `{"list":[${value.map(writeValue).join(',')}]}`;
}

function writeEntries(map: MapValue): string {
  const write = (key: Value) => `[${writeValue(key)},${writeValue(map.get(key) ?? null)}]`;
  return Array.from(map.keys(), write).join(',');
}
