import type { Kind } from './kinds.ts';

export const DEFAULT_NAMESPACE = 'default';

/** The one spelling of a resource's name: the Service `api.default` is `api`. */
export function canonicalName(kind: Kind, name: string): string {
  const suffix = `.${DEFAULT_NAMESPACE}`;
  return kind === 'Service' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

interface Named {
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
}

/** Of resources, which do not change: the same text each time, so that tables find it without reading it again. */
const keys = new WeakMap<Named, string>();

/** `Kind/name` with the canonical name: the identity of a resource. */
export function resourceKey(resource: Named): string {
  const known = keys.get(resource);
  if (known !== undefined) return known;
  const key = `${resource.kind}/${canonicalName(resource.kind, resource.metadata.name)}`;
  keys.set(resource, key);
  return key;
}

/** The Namespace that a Service is in: the part after the dot. */
export function namespaceOf(serviceName: string): string {
  const dot = serviceName.indexOf('.');
  return dot < 0 ? DEFAULT_NAMESPACE : serviceName.slice(dot + 1);
}

/** `a.b.c` has the parents `b.c` and `c`, which apply wherever it is attached. */
export function policyParents(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1).map((_, i) => parts.slice(i + 1).join('.'));
}
