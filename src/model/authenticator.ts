import { madeResource } from './resource.ts';
import { OpenStatus, words } from './scalars.ts';
import { required, type Static, strict } from './schema.ts';

export const AuthenticatorSpec = strict({
  state: required(words('ACTIVE', 'PENDING', 'REJECTED'), 'Only an active second factor counts.'),
});
export type AuthenticatorSpec = Static<typeof AuthenticatorSpec>;

/** A user's second factor. */
export const Authenticator = madeResource('Authenticator', AuthenticatorSpec, OpenStatus);
export type Authenticator = Static<typeof Authenticator>;
