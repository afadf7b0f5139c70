import { TypeValue } from '../../values/value.ts';
import { TYPE_NAMES } from '../types/type-names.ts';

/** What names of types stand for, as in `type(x) == int`. */
export const TYPE_VALUES: ReadonlyMap<string, TypeValue> = new Map(
  Array.from(TYPE_NAMES.keys(), (name) => [name, new TypeValue(name)]),
);
