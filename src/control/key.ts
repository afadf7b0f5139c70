import { canonicalName, type Kind, type Resource } from '../model/index.ts';

/** `Kind/name` with the canonical name: the identity of a resource. */
export function keyOf(resource: Pick<Resource, 'kind' | 'metadata'>): string {
  return keyFor(resource.kind, resource.metadata.name);
}

export function keyFor(kind: Kind, name: string): string {
  return `${kind}/${canonicalName(kind, name)}`;
}
