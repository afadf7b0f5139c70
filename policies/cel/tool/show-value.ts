import { Failure } from '../../values/failure.ts';
import { MapValue } from '../../values/map.ts';
import { Duration, Timestamp } from '../../values/time.ts';
import { durationText, timestampText } from '../../values/time-text.ts';
import { Optional, type Result, TypeValue, Uint, type Value } from '../../values/value.ts';

/** A value as an expression would write it, for people: `[1, 2u, "x"]`. */
export function showValue(value: Result): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return showDouble(value);
    case 'object':
      return value === null ? 'null' : showObject(value);
    default:
      return String(value);
  }
}

function showDouble(value: number): string {
  if (!Number.isFinite(value)) return `double("${value}")`;
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function showObject(value: Exclude<Result, null | boolean | bigint | number | string>): string {
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b"${Array.from(value, showOctet).join('')}"`;
  if (value instanceof Timestamp) return `timestamp("${timestampText(value)}")`;
  if (value instanceof Duration) return `duration("${durationText(value)}")`;
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Failure) return `<${value.message}>`;
  if (value instanceof MapValue) return `{${showEntries(value)}}`;
  if (value instanceof Optional) {
    return value.value === undefined ? 'optional.none()' : `optional.of(${showValue(value.value)})`;
  }
  return `[${value.map(showValue).join(', ')}]`;
}

function showEntries(map: MapValue): string {
  const show = (key: Value) => `${showValue(key)}: ${showValue(map.get(key) ?? null)}`;
  return Array.from(map.keys(), show).join(', ');
}

function showOctet(octet: number): string {
  const isPlain = octet >= 0x20 && octet < 0x7f && octet !== 0x22 && octet !== 0x5c;
  return isPlain ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`;
}
