import { CONTEXT } from '../input/schema/context.ts';
import type { Form, ObjectForm } from '../input/schema/field.ts';
import {
  BOOL,
  BYTES,
  DYN,
  INT,
  listOf,
  mapOf,
  type ObjectType,
  STRING,
  TIMESTAMP,
  type Type,
  wordsOf,
} from './types/type.ts';

const SIMPLE = { int: INT, bool: BOOL, timestamp: TIMESTAMP, bytes: BYTES, dyn: DYN };

/** The type of `ctx`, from its schema. */
export const CONTEXT_TYPE: ObjectType = contextType(CONTEXT);

/** The type of another `ctx`. */
export function contextType(form: ObjectForm): ObjectType {
  return objectType(form, 'ctx');
}

/** @param path what messages call it */
function objectType({ fields }: ObjectForm, path: string): ObjectType {
  const types = Object.entries(fields).map(([name, { form }]) => [name, typeOf(form, `${path}.${name}`)] as const);
  return { kind: 'object', name: path, fields: new Map(types) };
}

function typeOf(form: Form, path: string): Type {
  switch (form.kind) {
    case 'object':
      return objectType(form, path);
    case 'list':
      return listOf(typeOf(form.of, `${path}[]`));
    case 'map':
      return mapOf(STRING, typeOf(form.of, `${path}[]`));
    case 'string':
      return form.words === undefined ? STRING : wordsOf([...form.words, ...(form.later ?? [])]);
    default:
      return SIMPLE[form.kind];
  }
}
