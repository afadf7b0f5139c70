import { Type } from 'typebox';
import { Authorization } from './authorization.ts';
import { resource } from './resource.ts';
import { attrs, isDisabled, nameOf, namesOf, OpenStatus, text, words } from './scalars.ts';
import { field, list, required, type Static, strict } from './schema.ts';
import { SessionSettings } from './session-settings.ts';

const info = strict({
  locale: field(text(64), 'Such as de-DE.'),
  phone: field(text(64), 'A telephone number.'),
  firstName: field(text(128), 'The given name.'),
  middleName: field(text(128), 'The middle name.'),
  lastName: field(text(128), 'The family name.'),
  website: field(text(2048), 'Address of a web site.'),
  country: field(text(64), 'Where the person lives.'),
});

export const UserIdentity = strict({
  identityProvider: required(nameOf('IdentityProvider'), 'Name of an IdentityProvider.'),
  identifier: required(text(512), 'What that provider calls this user.'),
  issuer: field(text(2048), 'Only by this issuer.'),
  subject: field(text(512), 'Only with this `sub`, which finds the user whatever the identifier is.'),
});
export type UserIdentity = Static<typeof UserIdentity>;

const authentication = strict({
  identities: field(list(UserIdentity, 64), 'Who this user is at identity providers.'),
  authenticatorDefaultState: field(
    words('ACTIVE', 'PENDING', 'REJECTED'),
    'Of a new second factor; that of the cluster when left out.',
  ),
});

const email = Type.String({
  maxLength: 254,
  pattern: '^[^@A-Z\\s]+@[^@A-Z\\s]+$',
  'x-expected': 'an e-mail address in lower case',
});

export const UserSpec = strict({
  type: required(words('HUMAN', 'WORKLOAD'), 'A person, or a machine that acts by itself.'),
  email: field(email, 'People only. Unique; finds the user when a provider vouches for the address.'),
  groups: field(namesOf('Group'), 'Groups by name.'),
  info: field(info, 'About the person.'),
  session: field(SessionSettings, "Overrides the cluster's settings."),
  authorization: field(Authorization, 'Policies for every request of this user.'),
  authentication: field(authentication, 'How this user is recognised.'),
  isDisabled,
  attrs,
});
export type UserSpec = Static<typeof UserSpec>;

export const User = resource('User', UserSpec, OpenStatus);
export type User = Static<typeof User>;
