import { MapValue } from './map.ts';
import { Duration, Timestamp } from './time.ts';
import { Optional, TypeValue, Uint, type Value } from './value.ts';

/** Names of the types that `typeof` tells apart. */
const PRIMITIVES: Readonly<Record<string, string>> = {
  boolean: 'bool',
  bigint: 'int',
  number: 'double',
  string: 'string',
};

/** What `type(value)` is called. */
export function typeName(value: Value): string {
  if (value === null) return 'null_type';
  return typeof value === 'object' ? objectTypeName(value) : (PRIMITIVES[typeof value] ?? 'dyn');
}

function objectTypeName(value: Exclude<Value, null | boolean | bigint | number | string>): string {
  if (value instanceof MapValue) return 'map';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof TypeValue) return 'type';
  return value instanceof Optional ? 'optional_type' : 'dyn';
}
