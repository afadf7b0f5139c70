import { AUTH_KINDS } from './auth.ts';

/** JSON as it stands in resources. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
type JsonObject = { readonly [key: string]: Json | undefined };

/** Fields of which one excludes the others: a child that names another one replaces its parent's choice. */
const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  upstream: ['url', 'loadbalance', 'container', 'user'],
  'upstream.loadbalance.hash': ['header', 'cookie', 'source'],
  'http.auth': AUTH_KINDS,
  'http.header.host': ['preserve', 'value', 'eval', 'liquid'],
};

/** Objects that are one value: a duration, and a credential whose halves belong together. */
const ATOMIC =
  /^(upstream\.(timeouts\.\w+|limits\.keepAlive|loadbalance\.(slowStart|healthCheck\.(interval|timeout)|outlier\.\w+Time))|http\.(path\.regex|auth\.\w+|identityAssertion\.lifetime|retry\.\w+(Interval|Time)))$/;

/**
 * A named config on top of its parent's own definition: objects merge, lists are joined (the parent's first), what
 * the child says replaces what the parent says. One level: the parent's parent is not looked at.
 */
export function mergeConfig<C extends object>(parent: C, child: C): C {
  const { name: _name, parent: _parent, ...inherited } = parent as JsonObject;
  return mergeObjects(inherited, child as unknown as JsonObject, '') as unknown as C;
}

function mergeObjects(parent: JsonObject, child: JsonObject, path: string): JsonObject {
  const merged: Record<string, Json | undefined> = { ...withoutReplacedChoices(parent, child, path) };
  for (const [key, value] of Object.entries(child)) {
    merged[key] = mergeValues(merged[key], value, path === '' ? key : `${path}.${key}`);
  }
  return merged;
}

function mergeValues(parent: Json | undefined, child: Json | undefined, path: string): Json | undefined {
  if (child === undefined) return parent;
  if (Array.isArray(parent) && Array.isArray(child)) return [...parent, ...child];
  if (isObject(parent) && isObject(child) && !ATOMIC.test(path)) return mergeObjects(parent, child, path);
  return child;
}

function withoutReplacedChoices(parent: JsonObject, child: JsonObject, path: string): JsonObject {
  const group = ONE_OF[path];
  if (group === undefined || !group.some((key) => child[key] !== undefined)) return parent;
  return Object.fromEntries(Object.entries(parent).filter(([key]) => !group.includes(key) || child[key] !== undefined));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
