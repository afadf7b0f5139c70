import { Type } from 'typebox';
import { Bool, Duration, FromSecret, formatted, text, words } from '../scalars.ts';
import { field, list, required, type Static, strict } from '../schema.ts';

const BasicAuth = strict({
  username: required(text(512), 'Not secret.'),
  password: required(FromSecret, 'The Secret with the password.'),
});

const CustomAuth = strict({
  header: required(formatted('header-name', 256), 'Name of the header that is set.'),
  value: required(FromSecret, 'The Secret with its value.'),
});

const ATOM = { pattern: '^[!-~]+$', 'x-expected': 'visible ASCII without spaces' } as const;

function atom(maxLength: number) {
  return Type.String({ ...ATOM, maxLength });
}

/** How we prove to a token endpoint who asks, and for what (RFC 6749 2.3.1, 3.3). */
const asking = {
  clientID: required(text(512), 'Who asks.'),
  clientSecret: required(FromSecret, 'The Secret that proves it.'),
  tokenURL: required(formatted('secure-url', 2048), 'The token endpoint: https, except on a loopback address.'),
  scopes: field(list(atom(256), 64), 'What the token is to be good for.'),
  clientAuthentication: field(
    words('client_secret_basic', 'client_secret_post'),
    'Where the client secret goes; client_secret_basic when left out.',
  ),
  audience: field(text(1024), 'For whom the token is to be, at issuers that ask for it.'),
};

const ClientCredentials = strict(asking);
export type ClientCredentials = Static<typeof ClientCredentials>;

/** It stands between slashes and commas of the signature. */
const scopePart = Type.String({
  pattern: '^[A-Za-z0-9._@+=-]{1,128}$',
  'x-expected': 'letters, digits and . _ @ + = -',
});

const Sigv4 = strict({
  accessKeyID: required(scopePart, 'Not secret.'),
  secretAccessKey: required(FromSecret, 'The Secret with the key.'),
  sessionToken: field(FromSecret, 'The Secret with the session token, of temporary keys.'),
  region: required(scopePart, 'Such as eu-central-1.'),
  service: required(scopePart, 'As AWS abbreviates it, such as s3 or execute-api.'),
  streamBodiesThatNothingProves: field(
    Bool,
    'Bodies are neither read nor signed (UNSIGNED-PAYLOAD): for s3 over https only.',
  ),
});
export type Sigv4 = Static<typeof Sigv4>;

const QueryAuth = strict({
  name: required(atom(128), 'Name of the query parameter that is set.'),
  value: required(FromSecret, 'The Secret with its value.'),
});
export type QueryAuth = Static<typeof QueryAuth>;

const SignedJwt = strict({
  algorithm: required(words('HS256', 'RS256', 'ES256', 'EDDSA'), 'How it is signed.'),
  key: required(FromSecret, 'The Secret with the key: 32 bytes or more for HS256, else a private key in PEM.'),
  keyID: field(text(256), 'Its `kid`.'),
  issuer: required(text(512), 'Its `iss`.'),
  subject: field(text(512), 'Its `sub`.'),
  audience: field(text(1024), 'Its `aud`.'),
  lifetime: field(Duration, 'How long one is valid, from 10s to 1h; 5m when left out.'),
  header: field(
    formatted('header-name', 256),
    'The header that it is alone in; after Bearer in Authorization when left out.',
  ),
});
export type SignedJwt = Static<typeof SignedJwt>;

const TokenExchange = strict({
  ...asking,
  resource: field(formatted('http-url', 2048), 'Where the token is to be used, at issuers that ask for it.'),
  subjectToken: field(
    words('ASSERTION', 'CLIENT_TOKEN'),
    'What is exchanged: an assertion that we sign, or the token of another issuer that the client shows; ASSERTION when left out.',
  ),
  assertionAudience: field(text(1024), 'The `aud` of that assertion; tokenURL when left out.'),
});
export type TokenExchange = Static<typeof TokenExchange>;

const KINDS = {
  bearer: field(FromSecret, '`Authorization: Bearer` with the value of a Secret.'),
  basic: field(BasicAuth, '`Authorization: Basic` (RFC 7617).'),
  custom: field(CustomAuth, 'Any header.'),
  oauth2ClientCredentials: field(ClientCredentials, 'An access token of a token endpoint (RFC 6749 4.4).'),
  sigv4: field(Sigv4, 'Requests are signed as AWS wants it (Signature Version 4).'),
  query: field(QueryAuth, 'A query parameter.'),
  signedJWT: field(SignedJwt, 'A JWT that is signed with the key of a Secret.'),
  tokenExchange: field(TokenExchange, "An access token for the user's token (RFC 8693)."),
};

/** One excludes the others. */
export const AUTH_KINDS = Object.keys(KINDS);

/** The credential that is injected towards the upstream, so that clients never hold it. */
export const HttpAuth = strict(KINDS, { 'x-secret': true, 'x-exactly-one': [AUTH_KINDS] });
export type HttpAuth = Static<typeof HttpAuth>;
