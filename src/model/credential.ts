import { Authorization } from './authorization.ts';
import { resource } from './resource.ts';
import {
  Bool,
  formatted,
  isDisabled,
  nameOf,
  OpenStatus,
  Timestamp,
  whole,
  words,
  wordsWithPlanned,
} from './scalars.ts';
import { annotate, field, list, required, type Static, strict } from './schema.ts';

const type = words('ACCESS_TOKEN', 'OAUTH2', 'AUTH_TOKEN');

const sessionType = wordsWithPlanned(['CLIENTLESS', 'CLIENT'], { CLIENT: 'the native client' });

export const CredentialSpec = strict({
  type: required(
    type,
    'ACCESS_TOKEN is shown as it is, in a header; OAUTH2 is a client id with a secret, AUTH_TOKEN a token, that the token endpoint gives access tokens for.',
  ),
  user: required(nameOf('User'), 'The User who acts with it; a WORKLOAD, but for AUTH_TOKEN.'),
  expiresAt: field(Timestamp, 'When it stops working.'),
  authorization: field(Authorization, 'Policies of the sessions that it makes.'),
  isDisabled,
  scopes: field(
    annotate(list(formatted('scope', 256), 128), { 'x-unique': 'warning' }),
    'Narrows what it is good for, such as `service:api.prod`; none: no narrowing.',
  ),
  senderConstraint: field(
    words('DPOP', 'CERTIFICATE'),
    "Its tokens are good only with the client's key (RFC 9449), or with the client certificate that they were asked with (RFC 8705).",
  ),
  sessionType: field(sessionType, 'Kind of the sessions that it makes.'),
  maxAuthentications: field(whole(1, 1_000_000), 'How often an AUTH_TOKEN is good for a token; once when left out.'),
  autoDelete: field(Bool, 'Delete it once it is used up and the sessions that it made have ended; for AUTH_TOKEN.'),
});
export type CredentialSpec = Static<typeof CredentialSpec>;

export const Credential = resource('Credential', CredentialSpec, OpenStatus);
export type Credential = Static<typeof Credential>;
