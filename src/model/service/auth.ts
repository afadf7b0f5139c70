import { Type } from 'typebox';
import { FromSecret, formatted, text } from '../scalars.ts';
import { field, list, planned, required, type Static, strict } from '../schema.ts';

const BasicAuth = strict({
  username: required(text(512), 'Not secret.'),
  password: required(FromSecret, 'The Secret with the password.'),
});

const CustomAuth = strict({
  header: required(formatted('header-name', 256), 'Name of the header that is set.'),
  value: required(FromSecret, 'The Secret with its value.'),
});

const oauth2ClientCredentials = strict({
  clientID: text(512),
  clientSecret: FromSecret,
  tokenURL: text(2048),
  scopes: Type.Optional(list(text(256), 64)),
});

const sigv4 = strict({
  accessKeyID: text(256),
  secretAccessKey: FromSecret,
  region: text(128),
  service: text(128),
});

/** The credential that is injected towards the upstream, so that clients never hold it. */
export const HttpAuth = strict(
  {
    bearer: field(FromSecret, '`Authorization: Bearer` with the value of a Secret.'),
    basic: field(BasicAuth, '`Authorization: Basic` (RFC 7617).'),
    custom: field(CustomAuth, 'Any header.'),
    oauth2ClientCredentials: planned(oauth2ClientCredentials, 'OAuth2 credentials for upstreams'),
    sigv4: planned(sigv4, 'AWS request signing'),
  },
  { 'x-secret': true, 'x-exactly-one': [['bearer', 'basic', 'custom', 'oauth2ClientCredentials', 'sigv4']] },
);
export type HttpAuth = Static<typeof HttpAuth>;
