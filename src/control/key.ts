import { canonicalName, type Kind, type Resource, resourceKey } from '../model/index.ts';

/** `Kind/name` with the canonical name: the identity of a resource. */
export function keyOf(resource: Pick<Resource, 'kind' | 'metadata'>): string {
  return resourceKey(resource);
}

export function keyFor(kind: Kind, name: string): string {
  return `${kind}/${canonicalName(kind, name)}`;
}
