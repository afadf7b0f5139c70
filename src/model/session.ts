import { Authorization } from './authorization.ts';
import { madeResource } from './resource.ts';
import { Bool, LocalName, OpenStatus, Text, Timestamp, whole, words } from './scalars.ts';
import { field, list, required, type Static, strict } from './schema.ts';

export const NamedRef = strict({
  name: required(LocalName, 'Its name.'),
  uid: field(Text, 'Identity of the object.'),
});
export type NamedRef = Static<typeof NamedRef>;

export const SessionSpec = strict({
  state: required(words('ACTIVE', 'PENDING', 'REJECTED'), 'Only an active session may do anything.'),
  expiresAt: required(Timestamp, 'The end of the session.'),
  authorization: field(Authorization, 'Those of the Credential, when one made the session.'),
});
export type SessionSpec = Static<typeof SessionSpec>;

const authenticationInfo = strict({
  type: required(words('IDENTITY_PROVIDER', 'CREDENTIAL', 'AUTHENTICATOR', 'EXTERNAL'), 'How the user was recognised.'),
  identityProvider: field(
    strict({
      identityProviderRef: required(NamedRef, 'The IdentityProvider.'),
      identifier: field(Text, 'What it calls the user.'),
      issuer: field(Text, 'Its issuer.'),
      subject: field(Text, 'The user, for its issuer.'),
      email: field(Text, 'A verified address.'),
    }),
    'Who vouched for the user.',
  ),
  authenticator: field(
    strict({
      type: required(words('FIDO', 'TOTP', 'RECOVERY_CODE'), 'What kind of factor.'),
      authenticatorRef: field(NamedRef, 'The Authenticator.'),
    }),
    'The factor that was shown last.',
  ),
  credential: field(
    strict({
      credentialRef: required(NamedRef, 'The Credential.'),
      type: required(words('ACCESS_TOKEN', 'OAUTH2', 'AUTH_TOKEN'), 'What kind of Credential.'),
    }),
    'The Credential that was shown.',
  ),
  external: field(
    strict({
      issuer: field(Text, 'Its issuer, if it is known.'),
      subject: required(Text, 'The user, for its issuer.'),
      clientID: field(Text, 'The program that it was made for.'),
      scopes: required(list(Text, 256), 'What it was made for.'),
      claims: required(OpenStatus, 'Everything that it says.'),
    }),
    'The token of another issuer that was shown.',
  ),
  aal: field(words('AAL1', 'AAL2', 'AAL3'), 'Authenticator assurance level.'),
  downstream: field(
    strict({
      ipAddress: field(Text, "The client's address."),
      userAgent: field(Text, 'What the client called itself.'),
    }),
    'Where the sign-in came from.',
  ),
});

const authentication = strict({
  setAt: required(Timestamp, 'When the user signed in.'),
  info: required(authenticationInfo, 'How the user signed in.'),
});

const confirmation = strict({
  jkt: field(Text, 'Thumbprint of the key that DPoP proofs are signed with (RFC 9449).'),
  x5tS256: field(Text, "Thumbprint of the client's certificate (RFC 8705)."),
});

export const SessionStatus = strict({
  type: required(words('CLIENT', 'CLIENTLESS'), 'With the native client, or without.'),
  isBrowser: required(Bool, 'A browser with a cookie; else a token.'),
  userRef: required(NamedRef, 'The User.'),
  credentialRef: field(NamedRef, 'The Credential that made the session.'),
  grant: field(
    words('CLIENT_CREDENTIALS', 'JWT_BEARER', 'AUTH_TOKEN', 'DEVICE_CODE', 'TOKEN_EXCHANGE'),
    'What the token endpoint gave its token for.',
  ),
  clientID: field(Text, 'The program that a person has let in, which may renew its token.'),
  groups: field(list(LocalName, 256), 'Groups that the provider named, beside those of the User.'),
  authenticatorAction: field(
    words('AUTHENTICATION_REQUIRED', 'REGISTRATION_REQUIRED', 'AUTHENTICATION_RECOMMENDED', 'REGISTRATION_RECOMMENDED'),
    'What is to be done about second factors; what is required comes before any Service.',
  ),
  scopes: field(list(Text, 128), 'Narrows what the session may do; none: no narrowing.'),
  confirmation: field(confirmation, 'What the token is bound to (RFC 7800); none: whoever has it may show it.'),
  actor: field(strict({ userRef: required(NamedRef, 'The User.') }), 'Who acts for the user (RFC 8693).'),
  parentRef: field(NamedRef, 'The session whose token it was exchanged for (RFC 8693), and with which it ends.'),
  authentication: required(
    authentication,
    'How the user was recognised last: at the sign-in, or with a second factor.',
  ),
  initialAuthentication: field(authentication, 'How the session began; the same fields as in `authentication`.'),
  lastAuthentications: field(
    list(authentication, 100),
    'What counted before, the newest first, ten at most; the same fields.',
  ),
  totalAuthentications: field(whole(1, 1_000_000_000), 'How often the user was recognised in this session.'),
});
export type SessionStatus = Static<typeof SessionStatus>;

export const Session = madeResource('Session', SessionSpec, SessionStatus);
export type Session = Static<typeof Session>;
