import type { Credential, NamedRef, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { isSame } from '../sessions/backed-session.ts';
import { refTo } from '../sessions/new-session.ts';

/** Whoever acts with a Credential. */
export interface CredentialHolder {
  readonly credential: Credential;
  readonly user: User;
}

/** Whoever a secret was made for: another of the same name has no part in it. */
export interface HolderRef {
  readonly credential: NamedRef;
  readonly user: NamedRef;
}

/** For what has no end of its own: the last time that a Date can hold. */
export const NEVER = 8.64e15;

/** The Credential as it is today, with its User; `null`: one of them is gone, disabled, another, or at its end. */
export function credentialStanding(
  ref: HolderRef,
  type: Credential['spec']['type'],
  directory: Directory,
  now: number,
): CredentialHolder | null {
  const credential = directory.credential(ref.credential.name);
  if (credential === null || !isSame(ref.credential, credential) || credential.spec.type !== type) return null;
  if (credential.spec.isDisabled === true || !(now < expiryOf(credential))) return null;
  const user = directory.user(credential.spec.user);
  if (user === null || user.spec.isDisabled === true || !mayHold(type, user)) return null;
  return ref.user.name === user.metadata.name && isSame(ref.user, user) ? { credential, user } : null;
}

/** Milliseconds since 1970. */
export function expiryOf({ spec }: Credential): number {
  return spec.expiresAt === undefined ? NEVER : Date.parse(spec.expiresAt);
}

export function refOf({ credential, user }: CredentialHolder): HolderRef {
  return { credential: refTo(credential), user: refTo(user) };
}

function mayHold(type: Credential['spec']['type'], user: User): boolean {
  return type === 'AUTH_TOKEN' || user.spec.type === 'WORKLOAD';
}
