import type { TSchema } from 'typebox';
import { KIND_NAMES, KINDS, type Kind } from './kinds.ts';
import { asNode, DEFINITIONS, isMapping, specMayBeLeftOut } from './validate/schema-node.ts';

type Json = Record<string, unknown>;

/** The language as JSON Schema 2020-12, for editors: any one of the resources that people apply. */
export function jsonSchema(): Json {
  const kinds = KIND_NAMES.filter((kind) => KINDS[kind].origin === 'applied');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Ostiary resources',
    oneOf: kinds.map((kind) => ({ $ref: `#/$defs/${kind}` })),
    $defs: Object.fromEntries([...kinds.map((kind) => [kind, kindSchema(kind)]), ...definitions()]),
  };
}

/** One form of document that is no resource. */
export function documentSchema(title: string, schema: TSchema): Json {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...(exported(schema) as Json) };
}

function definitions(): [string, unknown][] {
  return Object.entries(DEFINITIONS).map(([name, schema]) => [name, exported(schema)]);
}

function kindSchema(kind: Kind): Json {
  const { planned, schema } = KINDS[kind];
  const plain = exported(schema) as Json;
  const required = (plain.required as string[]).filter((key) => key !== 'spec' || !specMayBeLeftOut(asNode(schema)));
  return {
    ...plain,
    required,
    ...(planned !== null && { description: `Not implemented yet: it comes with ${planned}.` }),
  };
}

function exported(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(exported);
  if (!isMapping(value)) return value;
  const plain: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref') plain[key] = `#/$defs/${inner}`;
    else if (!key.startsWith('x-')) plain[key] = exported(inner);
  }
  return { ...plain, ...combinations(value) };
}

/** The one-of groups in the words of JSON Schema. */
function combinations(value: Json): Json {
  const exactly = (value['x-exactly-one'] ?? []) as string[][];
  const atMost = (value['x-at-most-one'] ?? []) as string[][];
  const rules = [
    ...exactly.map((group) => ({ oneOf: group.map((key) => ({ required: [key] })) })),
    ...atMost.map((group) => ({ not: { anyOf: pairs(group).map((required) => ({ required })) } })),
  ];
  return rules.length === 0 ? {} : { allOf: rules };
}

function pairs(group: readonly string[]): string[][] {
  return group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b]));
}
