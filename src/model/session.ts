import { Type } from 'typebox';
import { Authorization } from './authorization.ts';
import { madeResource } from './resource.ts';
import { Bool, LocalName, Text, Timestamp, words } from './scalars.ts';
import { field, list, required, type Static, strict } from './schema.ts';

export const NamedRef = strict({ name: LocalName, uid: Type.Optional(Text) });
export type NamedRef = Static<typeof NamedRef>;

export const SessionSpec = strict({
  state: required(words('ACTIVE', 'PENDING', 'REJECTED'), 'Only an active session may do anything.'),
  expiresAt: required(Timestamp, 'The end of the session.'),
  authorization: field(Authorization, 'Those of the Credential, when one made the session.'),
});
export type SessionSpec = Static<typeof SessionSpec>;

const authenticationInfo = strict({
  type: words('IDENTITY_PROVIDER', 'CREDENTIAL'),
  identityProvider: field(strict({ identityProviderRef: NamedRef }), 'Who vouched for the user.'),
  aal: field(words('AAL1', 'AAL2', 'AAL3'), 'Authenticator assurance level.'),
  downstream: field(
    strict({ ipAddress: Type.Optional(Text), userAgent: Type.Optional(Text) }),
    'Where the sign-in came from.',
  ),
});

export const SessionStatus = strict({
  type: words('CLIENT', 'CLIENTLESS'),
  isBrowser: Bool,
  userRef: NamedRef,
  credentialRef: field(NamedRef, 'The Credential that made the session.'),
  scopes: field(list(Text, 128), 'Narrows what the session may do; none: no narrowing.'),
  authentication: strict({ setAt: Timestamp, info: authenticationInfo }),
});
export type SessionStatus = Static<typeof SessionStatus>;

export const Session = madeResource('Session', SessionSpec, SessionStatus);
export type Session = Static<typeof Session>;
