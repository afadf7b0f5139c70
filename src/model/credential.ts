import { Authorization } from './authorization.ts';
import { resource } from './resource.ts';
import { Bool, formatted, isDisabled, nameOf, OpenStatus, Timestamp, whole, wordsWithPlanned } from './scalars.ts';
import { annotate, field, list, planned, required, type Static, strict } from './schema.ts';

const type = wordsWithPlanned(['ACCESS_TOKEN', 'OAUTH2', 'AUTH_TOKEN'], {
  OAUTH2: 'OAuth2 client credentials',
  AUTH_TOKEN: 'one-time authentication tokens',
});

const sessionType = wordsWithPlanned(['CLIENTLESS', 'CLIENT'], { CLIENT: 'the native client' });

export const CredentialSpec = strict({
  type: required(type, 'An access token is shown as it is, in a header.'),
  user: required(nameOf('User'), 'The User who acts with it; a WORKLOAD.'),
  expiresAt: field(Timestamp, 'When it stops working.'),
  authorization: field(Authorization, 'Policies of the sessions that it makes.'),
  isDisabled,
  scopes: field(
    annotate(list(formatted('scope', 256), 128), { 'x-unique': 'warning' }),
    'Narrows what it is good for, such as `service:api.prod`; none: no narrowing.',
  ),
  sessionType: field(sessionType, 'Kind of the sessions that it makes.'),
  maxAuthentications: planned(whole(1, 1_000_000), 'one-time authentication tokens'),
  autoDelete: planned(Bool, 'one-time authentication tokens'),
});
export type CredentialSpec = Static<typeof CredentialSpec>;

export const Credential = resource('Credential', CredentialSpec, OpenStatus);
export type Credential = Static<typeof Credential>;
