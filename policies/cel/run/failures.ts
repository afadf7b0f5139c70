import { Failure, failure } from '../../values/failure.ts';
import { typeName } from '../../values/type-name.ts';
import type { Result, Value } from '../../values/value.ts';

/** The function has no form for values of these types. */
export function noSuchOverload(name: string, values: readonly Value[], at: number): Failure {
  return failure(`no such overload: ${name}(${values.map(typeName).join(', ')})`, at);
}

/** `key` only where the expression itself names it: values of a request are told to nobody. */
export function noSuchKey(key: string | null, at: number): Failure {
  return new Failure('missing', key === null ? 'no such key' : `no such key: ${key}`, at);
}

/** Gives a failure its place when the function that made it could not know it. */
export function placed(result: Result, at: number): Result {
  if (!(result instanceof Failure) || result.at >= 0) return result;
  return new Failure(result.kind, result.message, at, result.isFinal);
}

/** Of two failures the one to tell: a final one, else an error before something missing, else the first. */
export function graver(one: Failure, other: Failure): Failure {
  if (one.isFinal || (one.kind !== 'missing' && !other.isFinal)) return one;
  return other.isFinal || other.kind !== 'missing' ? other : one;
}

/** What stands where a bool is needed and is none. */
export function notBool(result: Result, name: string, at: number): Failure {
  return result instanceof Failure ? result : noSuchOverload(name, [result], at);
}
