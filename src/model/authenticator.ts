import { madeResource } from './resource.ts';
import { Timestamp, words } from './scalars.ts';
import { field, required, type Static, strict } from './schema.ts';
import { NamedRef } from './session.ts';

export const AuthenticatorSpec = strict({
  state: required(words('ACTIVE', 'PENDING', 'REJECTED'), 'Only an active second factor counts.'),
});
export type AuthenticatorSpec = Static<typeof AuthenticatorSpec>;

export const AuthenticatorStatus = strict({
  type: required(words('FIDO', 'TOTP'), 'A passkey or security key, or an app that shows codes.'),
  userRef: required(NamedRef, 'The User.'),
  lastUsedAt: field(Timestamp, 'When it was shown last.'),
});
export type AuthenticatorStatus = Static<typeof AuthenticatorStatus>;

/** A user's second factor. */
export const Authenticator = madeResource('Authenticator', AuthenticatorSpec, AuthenticatorStatus);
export type Authenticator = Static<typeof Authenticator>;
