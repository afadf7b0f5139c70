/** The types of the checker. */
export type Type = Simple | ListType | MapType | TypeType | OptionalType | ObjectType | OpaqueType | Param;

export type SimpleKind =
  | 'dyn'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  /** Of an expression that a problem was found in: goes with everything, so that one mistake is told once. */
  | 'error';

export interface Simple {
  readonly kind: SimpleKind;
  /** Of a string: the only ones that there are, for mistakes in comparisons. Types with and without are the same. */
  readonly words?: readonly string[];
}

export interface ListType {
  readonly kind: 'list';
  readonly element: Type;
}

export interface MapType {
  readonly kind: 'map';
  readonly key: Type;
  readonly value: Type;
}

/** The type of a type: `type(1)` is `type(int)`. */
export interface TypeType {
  readonly kind: 'type';
  readonly of: Type;
}

export interface OptionalType {
  readonly kind: 'optional';
  readonly of: Type;
}

/** A map with a closed list of fields, such as `ctx`. Any of them may be absent. At run time it is a `MapValue`. */
export interface ObjectType {
  readonly kind: 'object';
  /** For messages: `ctx.user`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Type>;
}

/** A declared type that nothing is known of but its name and parameters. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly name: string;
  readonly of: readonly Type[];
}

/** A parameter of an overload, `A` in `list(A)`. */
export interface Param {
  readonly kind: 'param';
  readonly name: string;
}

function simple(kind: SimpleKind): Simple {
  return { kind };
}

export const DYN = simple('dyn');
export const NULL = simple('null');
export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const TIMESTAMP = simple('timestamp');
export const DURATION = simple('duration');
export const ERROR = simple('error');

export function wordsOf(words: readonly string[]): Simple {
  return { kind: 'string', words };
}

export function listOf(element: Type): ListType {
  return { kind: 'list', element };
}

export function mapOf(key: Type, value: Type): MapType {
  return { kind: 'map', key, value };
}

export function typeOf(of: Type): TypeType {
  return { kind: 'type', of };
}

export function optionalOf(of: Type): OptionalType {
  return { kind: 'optional', of };
}

export function param(name: string): Param {
  return { kind: 'param', name };
}
