import type { KeyPath } from '../source.ts';
import { childOf, isMapping, resolved, type SchemaNode } from './schema-node.ts';

/** A value together with the schema that it should follow. */
export interface Place {
  /** References are followed. */
  readonly node: SchemaNode;
  readonly value: unknown;
  readonly path: KeyPath;
  /** How many references were followed to get here: the nesting of conditions. */
  readonly depth: number;
  /** Here or further out the schema says that the value is confidential. */
  readonly secret: boolean;
}

export type Visit = (place: Place) => 'descend' | 'stop';

/** Visits every value that a schema knows, from the outside in; what has no schema is not visited. */
export function walk(root: SchemaNode, value: unknown, visit: Visit): void {
  step({ node: root, value, path: [], depth: 0, secret: false }, visit);
}

function step(from: Place, visit: Visit): void {
  const node = resolved(from.node);
  const place: Place = {
    ...from,
    node,
    depth: from.depth + (from.node.$ref === undefined ? 0 : 1),
    secret: from.secret || node['x-secret'] === true,
  };
  if (visit(place) === 'stop') return;
  for (const [key, value] of entries(place.value)) {
    const child = childOf(node, key);
    if (child !== null) step({ ...place, node: child, value, path: [...place.path, key] }, visit);
  }
}

function entries(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item, i) => [i, item]);
  return isMapping(value) ? Object.entries(value) : [];
}

/** The schemas along a path, the root first; shorter than the path when it leaves what is known. */
export function schemasAlong(root: SchemaNode, path: KeyPath): SchemaNode[] {
  const along = [resolved(root)];
  for (const key of path) {
    const child = childOf(along[along.length - 1]!, key);
    if (child === null) break;
    along.push(resolved(child));
  }
  return along;
}

export function valueAt(root: unknown, path: KeyPath): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
