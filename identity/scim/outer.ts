import type { Group, User } from '../../src/model/index.ts';
import type { OuterName } from '../ports.ts';

/** What the directory calls it; what does not come from there is called by its own name. */
export function outerOf(resource: User | Group): OuterName {
  const { key, name, externalId } = (resource.metadata.systemLabels?.outer ?? {}) as Partial<OuterName>;
  if (typeof key === 'string' && typeof name === 'string') return { key, name, externalId: externalId ?? null };
  const own = ownName(resource);
  return { key: outerKey(own), name: own, externalId: null };
}

/** A Group that waits for a directory's people is found by the name that people read. */
function ownName(resource: User | Group): string {
  const { name, displayName } = resource.metadata;
  return resource.kind === 'Group' && isFilledByScim(resource) ? (displayName ?? name) : name;
}

/** RFC 7643 4.1.1: user names that differ in case only are the same. */
export function outerKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Everything else is changed where it is written. */
export function isFromScim({ metadata }: User | Group): boolean {
  return metadata.systemLabels?.origin === 'scim';
}

/** Who its members are is a directory's to say, of the people that it has pushed. */
export function isFilledByScim(group: Group): boolean {
  return isFromScim(group) || group.spec.membersByScim === true;
}

/** What a change of it must still find. */
export function versionOf({ metadata }: User | Group): string {
  return metadata.resourceVersion ?? '';
}
