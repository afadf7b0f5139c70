import type { Group, User } from '../../src/model/index.ts';
import type { OuterName } from '../ports.ts';

/** What the directory calls it; what does not come from there is called by its own name. */
export function outerOf({ metadata }: User | Group): OuterName {
  const { key, name, externalId } = (metadata.systemLabels?.outer ?? {}) as Partial<OuterName>;
  if (typeof key !== 'string' || typeof name !== 'string')
    return { key: metadata.name, name: metadata.name, externalId: null };
  return { key, name, externalId: externalId ?? null };
}

/** RFC 7643 4.1.1: user names that differ in case only are the same. */
export function outerKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Everything else is changed where it is written. */
export function isFromScim({ metadata }: User | Group): boolean {
  return metadata.systemLabels?.origin === 'scim';
}

/** What a change of it must still find. */
export function versionOf({ metadata }: User | Group): string {
  return metadata.resourceVersion ?? '';
}
