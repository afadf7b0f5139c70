import { Failure } from '../../values/failure.ts';
import { type FieldName, MapValue } from '../../values/map.ts';
import { Optional, type Result, type Value } from '../../values/value.ts';
import { noSuchOverload } from './failures.ts';

/** `missing` is what a map without the field gives. A field of an optional value is optional itself. */
export function readField(value: Result, field: FieldName, missing: Failure): Result {
  if (!(value instanceof MapValue)) return readOther(value, field.name, missing);
  const found = value.field(field);
  return found === undefined ? missing : found;
}

function readOther(value: Result, name: string, missing: Failure): Result {
  if (value instanceof Failure) return value;
  if (!(value instanceof Optional)) return noSuchOverload('_._', [value, name], missing.at);
  return value.value === undefined ? value : optionalField(value.value, name, missing.at);
}

/** `value.?name` of a value that is not optional. */
export function optionalField(value: Value, name: Value, at: number): Result {
  if (!(value instanceof MapValue)) return noSuchOverload('_?._', [value, name], at);
  const found = value.get(name);
  if (found instanceof Failure) return found;
  return found === undefined ? Optional.NONE : new Optional(found);
}

/** `has(value.name)`. A field that has a value is there, also when the value cannot be told. */
export function hasField(value: Result, name: string, at: number): Result {
  if (value instanceof MapValue) return value.get(name) !== undefined;
  if (value instanceof Failure) return value;
  if (!(value instanceof Optional)) return noSuchOverload('has', [value, name], at);
  return value.value !== undefined && hasField(value.value, name, at);
}
