/**
 * The values that Rego hands to built-in functions. Whole numbers beyond 2^53 are `bigint`: nanoseconds since 1970 are
 * such. Objects are maps, so that no prototype can be reached through a key.
 */
export type RegoValue = null | boolean | number | bigint | string | readonly RegoValue[] | RegoSet | RegoObject;

export type RegoObject = ReadonlyMap<RegoValue, RegoValue>;

export class RegoSet {
  readonly items: readonly RegoValue[];

  constructor(items: readonly RegoValue[]) {
    this.items = items;
  }
}

/** Why a built-in function has no result. */
export class BuiltinError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** `undefined`: the call has no result, and the rule around it goes on as if it were not there. */
export type BuiltinResult = RegoValue | BuiltinError | undefined;

export function isList(value: RegoValue): value is readonly RegoValue[] {
  return Array.isArray(value);
}

/** A list or a set as a list; `null` for what is neither. */
export function itemsOf(value: RegoValue): readonly RegoValue[] | null {
  if (value instanceof RegoSet) return value.items;
  return isList(value) ? value : null;
}

export function isObject(value: RegoValue): value is RegoObject {
  return value instanceof Map;
}

export function isInteger(value: RegoValue): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}
