import { SERVER_OWNED_METADATA } from '../../../src/model/metadata.ts';
import { asNode, type SchemaNode } from '../../../src/model/validate/schema-node.ts';
import { TIME_FIELDS } from '../plain.ts';
import { type Field, type Form, listOf, mapOf, type ObjectForm, object } from './field.ts';

const TEXT: Form = { kind: 'string' };
const ANYTHING: Form = { kind: 'dyn' };
const FREE: Form = mapOf(ANYTHING);

/** What expressions see of a kind of resource, from its schema in the model. */
export function resourceForm(schema: Parameters<typeof asNode>[0]): ObjectForm {
  const form = objectForm(asNode(schema));
  const { spec, status } = form.fields;
  // spec and status are always there
  return object({ ...form.fields, ...(spec && { spec: certain(spec) }), ...(status && { status: certain(status) }) });
}

/** Of metadata: which of them there are, the server knows. */
const SET_BY_SERVER: ReadonlySet<string> = new Set(SERVER_OWNED_METADATA);

function certain(field: Field): Field {
  return { ...field, isOptional: false };
}

function objectForm({ properties = {}, required = [] }: SchemaNode): ObjectForm {
  const fields = Object.entries(properties).map(([name, node]): [string, Field] => {
    return [name, { ...fieldOf(name, node), isOptional: !required.includes(name) && !SET_BY_SERVER.has(name) }];
  });
  return object(Object.fromEntries(fields));
}

/** What is planned is refused when it is applied, so that no resource has it. */
function fieldOf(name: string, node: SchemaNode): Field {
  const isAbsent = node['x-planned'] !== undefined;
  const form = isAbsent ? ANYTHING : formOf(node, name);
  return { form, doc: node.description ?? DOCS[name] ?? '', isAbsent };
}

/** Of fields that every resource has. */
const DOCS: Readonly<Record<string, string>> = {
  kind: 'The kind of the resource.',
  metadata: 'What it is called, and since when.',
  spec: 'What was applied.',
  status: 'What the server adds.',
};

function formOf(node: SchemaNode, name: string): Form {
  if (node['x-until-then'] !== undefined) return FREE;
  if (node.enum !== undefined) return wordsOf(node);
  if (typeof node.const === 'string') return { kind: 'string', words: [node.const] };
  switch (node.type) {
    case 'string':
      return TIME_FIELDS.has(name) ? { kind: 'timestamp' } : TEXT;
    case 'integer':
      return { kind: 'int' };
    case 'boolean':
      return { kind: 'bool' };
    case 'array':
      return listOf(node.items === undefined ? ANYTHING : formOf(node.items, ''));
    case 'object':
      return formOfObject(node);
    default:
      // of several types, such as a duration; a condition, which holds others; a number, of which whole ones are ints
      return ANYTHING;
  }
}

function formOfObject(node: SchemaNode): Form {
  const { properties, patternProperties } = node;
  if (properties !== undefined) return objectForm(node);
  const [values] = Object.values(patternProperties ?? {});
  return values === undefined ? FREE : mapOf(formOf(values, ''));
}

function wordsOf(node: SchemaNode): Form {
  const planned = node['x-planned-values'] ?? {};
  const { false: words = [], true: later = [] } = Object.groupBy(node.enum ?? [], (word) =>
    String(Object.hasOwn(planned, word)),
  );
  return { kind: 'string', words, ...(later.length > 0 && { later }) };
}
