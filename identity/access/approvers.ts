import type { AccessRules, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';

/** Whether this User decides about requests under these rules, today. */
export function isApprover(user: User, { groups, users }: AccessRules, directory: Directory): boolean {
  if (user.spec.type !== 'HUMAN' || user.spec.isDisabled === true) return false;
  if (users.includes(user.metadata.name)) return true;
  return directory.groupsOf(user).some(({ metadata }) => groups.includes(metadata.name));
}

/** Whom to ask, as people know them. */
export function approverNames({ groups, users }: AccessRules, directory: Directory): string[] {
  const found = [
    ...users.map((name) => directory.user(name)),
    ...directory.groups.filter(({ metadata }) => groups.includes(metadata.name)),
  ];
  return found.flatMap((one) => (one === null ? [] : [one.metadata.displayName ?? one.metadata.name]));
}
