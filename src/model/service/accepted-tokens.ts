import { Type } from 'typebox';
import { Bool, Duration, FromSecret, formatted, nameOf, SimpleName, text, words } from '../scalars.ts';
import { annotate, field, list, required, type Static, strict, typed } from '../schema.ts';

/** Asymmetric ones alone: with a shared key, whoever verifies could sign. */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

const someText = Type.String({ minLength: 1, maxLength: 512 });
const scopes = annotate(
  list(Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,256}$', 'x-expected': 'a scope without spaces' }), 64),
  {
    'x-unique': 'warning',
  },
);
const audiences = Type.Array(someText, { minItems: 1, maxItems: 16 });

const claimValue = annotate(typed<string | number | boolean>(Type.Union([text(1024), Type.Number(), Bool])), {
  'x-expected': 'a text, a number, true or false',
});

const AcceptedJwt = strict({
  issuer: required(Type.String({ minLength: 1, maxLength: 2048 }), 'Its `iss`, to the letter.'),
  jwksURL: field(formatted('secure-url', 2048), "The issuer's keys; found by its discovery document when left out."),
  algorithms: field(
    annotate(list(words(...TOKEN_ALGORITHMS), 10), { 'x-unique': 'warning' }),
    'How it may be signed; RS256, PS256, ES256, ES384 and EdDSA when left out.',
  ),
  audiences: required(audiences, 'Its `aud` must name one of these.'),
  requiredScopes: field(scopes, 'Every one of these must be in `scope` or `scp`.'),
  requiredClaims: field(
    Type.Record(Type.String(), claimValue, { maxProperties: 32 }),
    'Claims that must have this value, or a list with it.',
  ),
  acceptTokensThatDoNotSayTheyAreAccessTokens: field(
    Bool,
    'Take tokens of issuers that do not set the type at+jwt (RFC 9068). What looks like an ID token stays refused.',
  ),
});
export type AcceptedJwt = Static<typeof AcceptedJwt>;

const Introspection = strict({
  url: required(formatted('secure-url', 2048), 'The introspection endpoint (RFC 7662).'),
  clientID: required(text(512), 'Our client id there.'),
  clientSecret: required(FromSecret, 'Our client secret there.'),
  issuer: field(Type.String({ minLength: 1, maxLength: 2048 }), 'Its `iss`, if the answer has one.'),
  audiences: required(audiences, 'Its `aud` must name one of these.'),
  requiredScopes: field(scopes, 'Every one of these must be in `scope`.'),
  takeClientIDWhereThereIsNoSubject: field(
    Bool,
    'For servers that name no `sub` for programs: `client_id` counts then, as if it were one.',
  ),
  cacheDuration: field(Duration, 'How long an answer is believed, at most 60s; 30s when left out.'),
});
export type Introspection = Static<typeof Introspection>;

/** Bearer tokens of somebody else that a Service takes. */
export const AcceptedToken = strict(
  {
    name: required(SimpleName, 'What the log calls it.'),
    jwt: field(AcceptedJwt, 'JWTs of one issuer.'),
    introspection: field(Introspection, 'Opaque tokens, by asking whoever made them.'),
    identityProvider: field(
      nameOf('IdentityProvider'),
      'The User is the one who has the `sub` as an identity at this provider.',
    ),
    letSubjectsWithoutUserInAsTransientPrincipals: field(
      Bool,
      'Whoever has a valid token and is no User becomes a principal for this request, of which policies see the claims.',
    ),
  },
  { 'x-exactly-one': [['jwt', 'introspection']] },
);
export type AcceptedToken = Static<typeof AcceptedToken>;

export const ServiceAuthentication = strict({
  tokens: field(
    annotate(list(AcceptedToken, 16), { 'x-unique-by': 'name' }),
    'Bearer tokens of other issuers that are taken, beside our own.',
  ),
});
