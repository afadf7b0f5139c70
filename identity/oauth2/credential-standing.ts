import type { Credential, NamedRef, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { isSame } from '../sessions/backed-session.ts';

/** Whoever acts with a Credential. */
export interface CredentialHolder {
  readonly credential: Credential;
  readonly user: User;
}

/** For what has no end of its own: the last time that a Date can hold. */
export const NEVER = 8.64e15;

/** The Credential as it is today, with its User; `null`: one of them is gone, disabled, another, or at its end. */
export function credentialStanding(
  ref: NamedRef,
  type: Credential['spec']['type'],
  directory: Directory,
  now: number,
): CredentialHolder | null {
  const credential = directory.credential(ref.name);
  if (credential === null || !isSame(ref, credential) || credential.spec.type !== type) return null;
  if (credential.spec.isDisabled === true || !(now < expiryOf(credential))) return null;
  const user = directory.user(credential.spec.user);
  return user === null || user.spec.isDisabled === true || !mayHold(type, user) ? null : { credential, user };
}

/** Milliseconds since 1970. */
export function expiryOf({ spec }: Credential): number {
  return spec.expiresAt === undefined ? NEVER : Date.parse(spec.expiresAt);
}

export function refTo({ metadata }: Credential): NamedRef {
  return metadata.uid === undefined ? { name: metadata.name } : { name: metadata.name, uid: metadata.uid };
}

function mayHold(type: Credential['spec']['type'], user: User): boolean {
  return type === 'AUTH_TOKEN' || user.spec.type === 'WORKLOAD';
}
