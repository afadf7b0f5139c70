import { MapValue } from '../../values/map.ts';
import { Duration, Timestamp } from '../../values/time.ts';
import { Optional, TypeValue, Uint, type Value } from '../../values/value.ts';
import type { Type } from '../types/type.ts';

/** What tells at run time whether a value is of a type. Of lists and maps only that they are ones. */
export type Shape = Exclude<Type['kind'], 'dyn' | 'param' | 'error' | 'object' | 'opaque'> | 'any' | 'never';

export function runtimeShape(type: Type): Shape {
  switch (type.kind) {
    case 'dyn':
    case 'param':
    case 'error':
      return 'any';
    case 'object':
      return 'map';
    case 'opaque':
      return 'never';
    default:
      return type.kind;
  }
}

export function accepts(shape: Shape, value: Value): boolean {
  switch (shape) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'bigint';
    case 'double':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'map':
      return value instanceof MapValue;
    default:
      return acceptsRare(shape, value);
  }
}

function acceptsRare(shape: Shape, value: Value): boolean {
  switch (shape) {
    case 'null':
      return value === null;
    case 'uint':
      return value instanceof Uint;
    case 'bytes':
      return value instanceof Uint8Array;
    case 'timestamp':
      return value instanceof Timestamp;
    case 'duration':
      return value instanceof Duration;
    case 'type':
      return value instanceof TypeValue;
    case 'optional':
      return value instanceof Optional;
    default:
      return false;
  }
}
