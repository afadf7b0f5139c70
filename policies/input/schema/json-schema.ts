import type { Field, Form, ObjectForm, Simple } from './field.ts';

type Json = Record<string, unknown>;

/**
 * What `ctx`, or a field of it, is as JSON, as Rego sees it: JSON Schema 2020-12. Any field may be absent.
 *
 * @param title its path
 */
export function fieldJsonSchema({ form, doc }: Field, title: string): Json {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, description: doc, ...schemaOf(form) };
}

function schemaOf(form: Form): Json {
  switch (form.kind) {
    case 'object':
      return schemaOfObject(form);
    case 'list':
      return { type: 'array', items: schemaOf(form.of) };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(form.of) };
    default:
      return schemaOfSimple(form);
  }
}

function schemaOfObject({ fields }: ObjectForm): Json {
  const properties = Object.entries(fields).map(([name, { form, doc }]) => [
    name,
    { description: doc, ...schemaOf(form) },
  ]);
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
}

function schemaOfSimple({ kind, words }: Simple): Json {
  return { ...SIMPLE[kind], ...(words !== undefined && { enum: words }) };
}

const SIMPLE: Readonly<Record<Simple['kind'], Json>> = {
  string: { type: 'string' },
  int: { type: 'integer' },
  bool: { type: 'boolean' },
  timestamp: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', contentEncoding: 'base64' },
  dyn: {},
};
