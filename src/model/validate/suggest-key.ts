import { didYouMean } from '../../base/suggest.ts';
import { NAME_RULE } from '../scalars.ts';
import type { KeyPath } from '../source.ts';
import type { SchemaError } from './schema-error.ts';
import { resolved, type SchemaNode } from './schema-node.ts';

const MOST_LISTED = 12;

/** The nearest spelling, else the place where this key is known, else what is known here. */
export function suggestKey(error: SchemaError, key: string): string | null {
  const here = error.schemas[error.path.length - 1];
  const known = Object.keys(here?.properties ?? {}).filter(
    (name) => here?.properties?.[name]?.['x-planned'] === undefined,
  );
  return didYouMean(key, known) ?? inTheName(error, key) ?? elsewhere(error, key) ?? listed(known);
}

/** Other systems have `metadata.namespace`. */
function inTheName({ path, root, value }: SchemaError, key: string): string | null {
  if (path.length !== 2 || path[0] !== 'metadata' || key !== 'namespace') return null;
  if (root.properties?.kind?.const !== 'Service') return 'only a Service has a Namespace';
  const namespace = typeof value === 'string' && NAME_RULE.test(value) ? value : 'prod';
  return `the Namespace follows the name of the Service: name: api.${namespace}`;
}

function listed(known: readonly string[]): string | null {
  return known.length > 0 && known.length <= MOST_LISTED ? `known here: ${known.join(', ')}` : null;
}

function elsewhere(error: SchemaError, key: string): string | null {
  const parent = error.path.slice(0, -1).filter((part) => typeof part === 'string');
  const places = placesOf(error.root).get(key) ?? [];
  const best = [...places].sort((a, b) => distance(parent, a) - distance(parent, b))[0];
  return best === undefined ? null : `it belongs in ${best.join('.')}`;
}

/** Steps out of `from` and into `to`. */
function distance(from: KeyPath, to: KeyPath): number {
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
  return from.length + to.length - 2 * shared;
}

const cache = new WeakMap<SchemaNode, ReadonlyMap<string, KeyPath[]>>();

/** For each key of a schema, the mappings that have it; those of planned parts and of conditions are left out. */
function placesOf(root: SchemaNode): ReadonlyMap<string, KeyPath[]> {
  const known = cache.get(root);
  if (known !== undefined) return known;
  const places = new Map<string, KeyPath[]>();
  collect(root, [], places);
  cache.set(root, places);
  return places;
}

function collect(node: SchemaNode, path: KeyPath, places: Map<string, KeyPath[]>): void {
  if (node.items !== undefined) collect(node.items, path, places);
  if (node.$ref !== undefined || node['x-until-then'] !== undefined) return;
  for (const [key, child] of Object.entries(resolved(node).properties ?? {})) {
    if (child['x-planned'] !== undefined) continue;
    if (path.length > 0) places.set(key, [...(places.get(key) ?? []), path]);
    collect(child, [...path, key], places);
  }
}
