import { failure } from '../../../values/failure.ts';
import { typeName } from '../../../values/type-name.ts';
import { type Result, TypeValue, type Value } from '../../../values/value.ts';
import { TYPE_VALUES } from '../../run/type-values.ts';
import { BOOL, DYN, param, STRING, typeOf } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Overload } from '../overload.ts';

const A = param('A');

const NO_BOOL = failure('the string is no bool');

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'True', 'TRUE', 't', 'T', '1'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE', 'f', 'F', '0'].map((text) => [text, false] as const),
]);

function typeOfValue(value: Value): Result {
  const name = typeName(value);
  return TYPE_VALUES.get(name) ?? new TypeValue(name);
}

export const TO_TYPE: readonly Overload[] = [
  fn('bool_to_bool', 'bool', [BOOL], BOOL, { arity: 1, fn: (value: boolean) => value }),
  fn('string_to_bool', 'bool', [STRING], BOOL, { arity: 1, fn: (text: string) => BOOLS.get(text) ?? NO_BOOL }),
  fn('to_dyn', 'dyn', [A], DYN, { arity: 1, fn: (value: Value) => value }),
  fn('type', 'type', [A], typeOf(A), { arity: 1, fn: typeOfValue }),
];
