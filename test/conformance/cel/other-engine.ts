import {
  type CelInput,
  type CelValue,
  celUint,
  isCelError,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
  run,
} from '@bufbuild/cel';
import { failure } from '../../../policies/values/failure.ts';
import { FullMap, storedKey } from '../../../policies/values/map.ts';
import { Duration, Timestamp } from '../../../policies/values/time.ts';
import { type Result, TypeValue, Uint, type Value } from '../../../policies/values/value.ts';

/** What @bufbuild/cel makes of an expression. */
export function otherEngine(source: string, variables: ReadonlyMap<string, Value>): Result {
  const bindings = Object.fromEntries(Array.from(variables, ([name, value]) => [name, inputOf(value)]));
  const result = run(source, bindings);
  return isCelError(result) ? failure(result.message) : fromCel(result);
}

function inputOf(value: Value): CelInput {
  if (value instanceof Uint) return celUint(value.value);
  return Array.isArray(value) ? value.map(inputOf) : (value as CelInput);
}

function fromCel(value: CelValue): Value {
  if (isCelUint(value)) return new Uint(value.value);
  if (isCelList(value)) return Array.from(value, fromCel);
  if (isCelType(value)) return new TypeValue(value.name);
  if (isCelMap(value)) {
    const keys = Array.from(value.keys(), fromCel);
    return new FullMap(keys, new Map(Array.from(value, ([key, item]) => [storedKey(fromCel(key))!, fromCel(item)])));
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return timeOf(value.message as unknown as TimeMessage);
}

interface TimeMessage {
  readonly $typeName: string;
  readonly seconds: bigint;
  readonly nanos: number;
}

function timeOf({ $typeName, seconds, nanos }: TimeMessage): Value {
  const Time = $typeName === 'google.protobuf.Timestamp' ? Timestamp : Duration;
  return new Time(Number(seconds), nanos);
}
