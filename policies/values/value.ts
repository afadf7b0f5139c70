import type { Failure } from './failure.ts';
import type { MapValue } from './map.ts';
import type { Duration, Timestamp } from './time.ts';

/**
 * The values of policies, of whatever language. `bigint` is an int of 64 bits, `number` a double. What cannot be given
 * is a `Failure`, which is a value beside these (`Result`) and is never thrown.
 */
export type Value =
  | null
  | boolean
  | bigint
  | Uint
  | number
  | string
  | Uint8Array
  | ListValue
  | MapValue
  | Timestamp
  | Duration
  | TypeValue
  | Optional;

export type ListValue = readonly Value[];

export type Result = Value | Failure;

/** An unsigned integer of 64 bits. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** What `type(x)` gives, and the name of a type in an expression. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value or nothing. */
export class Optional {
  static readonly NONE = new Optional(undefined);
  /** `undefined`: nothing. `null` is a value. */
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}
