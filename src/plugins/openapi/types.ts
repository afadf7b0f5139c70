import { mistake, type Place } from './document.ts';

/** How the text of a parameter is read. */
export type ValueType = 'string' | 'number' | 'boolean' | 'array';

const READ_AS: ReadonlyMap<unknown, ValueType> = new Map([
  ['string', 'string'],
  ['number', 'number'],
  ['integer', 'number'],
  ['boolean', 'boolean'],
  ['array', 'array'],
]);

/**
 * The types that the schema of a parameter states. It has to: a text is valid wherever only numbers are limited.
 *
 * @param schema references are followed already
 */
export function typesOf(schema: Place): readonly ValueType[] {
  const { type, enum: values } = schema.value;
  const stated = type ?? (Array.isArray(values) ? values.map((value) => typeof value) : undefined);
  if (stated === undefined) throw mistake(schema, 'type', 'is needed in the schema of a parameter');
  const names: readonly unknown[] = Array.isArray(stated) ? stated : [stated];
  const found = new Set(names.filter((name) => name !== 'null').map((name) => READ_AS.get(name)));
  if (found.has(undefined) || found.size === 0)
    throw mistake(schema, 'type', 'objects are not supported in parameters');
  return [...found] as ValueType[];
}
