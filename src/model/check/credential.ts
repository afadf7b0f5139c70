import type { Credential } from '../credential.ts';
import { type Problem, problem } from '../validate/problem.ts';
import type { ResourceCheck } from './checker.ts';

export const checkCredential: ResourceCheck<Credential> = (credential, all) => {
  const user = all.set.get('User', credential.spec.user)?.resource;
  return [...checkUser(credential, user?.spec.type), ...checkCount(credential), ...checkConstraint(credential)];
};

/** Access tokens and clients are for machines; people sign in, or are let in with an auth token. */
function checkUser({ spec }: Credential, type: 'HUMAN' | 'WORKLOAD' | undefined): Problem[] {
  if (type !== 'HUMAN' || spec.type === 'AUTH_TOKEN') return [];
  return [problem(['spec', 'user'], `a credential of type ${spec.type} needs a user of type WORKLOAD`)];
}

function checkCount({ spec }: Credential): Problem[] {
  if (spec.type === 'AUTH_TOKEN') return [];
  return (['maxAuthentications', 'autoDelete'] as const)
    .filter((key) => spec[key] !== undefined)
    .map((key) => problem(['spec', key], 'is for credentials of type AUTH_TOKEN', { at: 'key' }));
}

/** An access token that is printed is bound to nothing. */
function checkConstraint({ spec }: Credential): Problem[] {
  if (spec.senderConstraint === undefined || spec.type !== 'ACCESS_TOKEN') return [];
  return [problem(['spec', 'senderConstraint'], 'is for tokens that the token endpoint gives', { at: 'key' })];
}
