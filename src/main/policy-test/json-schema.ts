import { documentSchema } from '../../model/index.ts';
import { isMapping } from '../../model/validate/schema-node.ts';
import { PolicyTest } from './schema.ts';
import { hasShortForm, type LONG_FORMS } from './short-forms.ts';

/** The texts that may stand for a mapping. */
const SHORT_FORMS: Readonly<Record<keyof typeof LONG_FORMS, object>> = {
  request: { type: 'string', description: 'Such as `GET https://api.example.com/v1`; the method may be left out.' },
  expect: { enum: ['allow', 'deny'] },
};

/** A document of a `*.test.yaml` file as JSON Schema 2020-12, short forms included. */
export function policyTestSchema(): Readonly<Record<string, unknown>> {
  const { $schema, title, ...schema } = documentSchema('Ostiary policy tests', PolicyTest);
  return { $schema, title, ...(withShortForms(schema) as object) };
}

function withShortForms(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withShortForms);
  if (!isMapping(node)) return node;
  const entries = Object.entries(node).map(([key, inner]) => [
    key,
    key === 'properties' ? propertiesOf(inner) : withShortForms(inner),
  ]);
  return Object.fromEntries(entries);
}

function propertiesOf(properties: unknown): unknown {
  const entries = Object.entries(properties as object).map(([key, inner]) => [
    key,
    hasShortForm(key) ? { anyOf: [SHORT_FORMS[key], withShortForms(inner)] } : withShortForms(inner),
  ]);
  return Object.fromEntries(entries);
}
