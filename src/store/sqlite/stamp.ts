import { newUid } from '../../base/ids.ts';
import type { Resource } from '../../model/index.ts';

/**
 * `resource` with the metadata that the store owns, whatever the caller put there. Identity and age are those of
 * `before`, the stored one of that name; a resource that was deleted and made again is another one.
 */
export function stamped(
  resource: Resource,
  before: Resource | null,
  generation: number,
  now: string,
): { resource: Resource; uid: string } {
  const { lastResourceVersion: _, ...metadata } = resource.metadata;
  const uid = before?.metadata.uid ?? newUid();
  const own = {
    uid,
    createdAt: before?.metadata.createdAt ?? now,
    updatedAt: now,
    resourceVersion: String(generation),
  };
  const last = before?.metadata.resourceVersion;
  const history = last === undefined ? {} : { lastResourceVersion: last };
  return { resource: { ...resource, metadata: { ...metadata, ...own, ...history } }, uid };
}
