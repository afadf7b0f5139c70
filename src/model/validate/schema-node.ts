import type { TSchema } from 'typebox';
import { ConditionDefinition } from '../condition.ts';
import type { Annotations } from '../schema.ts';

/** The parts of a JSON Schema that our schemas are made of, as plain data to walk. */
export interface SchemaNode extends Annotations {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What references between schemas mean. */
export const DEFINITIONS = { Condition: ConditionDefinition };

export function asNode(schema: TSchema): SchemaNode {
  return schema as SchemaNode;
}

/** Follows a reference; the annotations beside the reference come with it. */
export function resolved(node: SchemaNode): SchemaNode {
  if (node.$ref === undefined) return node;
  const definition = DEFINITIONS[node.$ref as keyof typeof DEFINITIONS];
  return { ...asNode(definition), ...node };
}

/** The schema of a key or position, `null` when nothing is known of it. */
export function childOf(node: SchemaNode, key: string | number): SchemaNode | null {
  if (typeof key === 'number') return node.items ?? null;
  const { properties, patternProperties } = node;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key] ?? null;
  return patternProperties === undefined ? null : (Object.values(patternProperties)[0] ?? null);
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether nobody needs to write the `spec` of this kind, because nothing in it is required. */
export function specMayBeLeftOut(kindSchema: SchemaNode): boolean {
  const spec = kindSchema.properties?.spec;
  return (spec?.required ?? []).length === 0 && spec?.['x-exactly-one'] === undefined;
}
