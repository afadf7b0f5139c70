import { Failure } from '../../values/failure.ts';
import { MapValue } from '../../values/map.ts';
import { Duration, Timestamp } from '../../values/time.ts';
import { Optional, type Result, TypeValue, Uint, type Value } from '../../values/value.ts';
import * as T from '../types/type.ts';

/** The type that a variable with this value is declared with; `dyn` where its parts differ. */
export function typeOfValue(value: Value): T.Type {
  switch (typeof value) {
    case 'boolean':
      return T.BOOL;
    case 'bigint':
      return T.INT;
    case 'number':
      return T.DOUBLE;
    case 'string':
      return T.STRING;
    default:
      return value === null ? T.NULL : typeOfObject(value);
  }
}

function typeOfObject(value: Exclude<Value, null | boolean | bigint | number | string>): T.Type {
  if (value instanceof Uint) return T.UINT;
  if (value instanceof Uint8Array) return T.BYTES;
  if (value instanceof Timestamp) return T.TIMESTAMP;
  if (value instanceof Duration) return T.DURATION;
  if (value instanceof TypeValue) return T.typeOf(T.DYN);
  if (value instanceof Optional) return T.optionalOf(value.value === undefined ? T.DYN : typeOfValue(value.value));
  if (!(value instanceof MapValue)) return T.listOf(commonType(value));
  const keys = [...value.keys()];
  return T.mapOf(commonType(keys), commonType(keys.map((key) => value.get(key) ?? null)));
}

function commonType(values: readonly Result[]): T.Type {
  const [first, ...others] = values.map((value) => (value instanceof Failure ? T.DYN : typeOfValue(value)));
  if (first === undefined) return T.DYN;
  const text = JSON.stringify(first);
  return others.every((other) => JSON.stringify(other) === text) ? first : T.DYN;
}
