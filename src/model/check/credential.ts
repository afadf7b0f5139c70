import type { Credential } from '../credential.ts';
import { problem } from '../validate/problem.ts';
import type { ResourceCheck } from './checker.ts';

/** Access tokens are for machines; people sign in. */
export const checkCredential: ResourceCheck<Credential> = ({ spec }, all) => {
  const user = all.set.get('User', spec.user)?.resource;
  if (user === undefined || user.spec.type === 'WORKLOAD') return [];
  return [problem(['spec', 'user'], `a credential of type ${spec.type} needs a user of type WORKLOAD`)];
};
