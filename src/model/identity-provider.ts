import { Type } from 'typebox';
import { Condition } from './condition.ts';
import { resource } from './resource.ts';
import { Bool, FromSecret, formatted, isDisabled, OpenStatus, Text, text, words } from './scalars.ts';
import { field, list, planned, required, type Static, strict } from './schema.ts';

export const OidcProvider = strict({
  clientID: required(text(512), 'Our client id at the provider.'),
  clientSecret: required(FromSecret, 'Our client secret at the provider.'),
  issuerURL: required(formatted('issuer-url', 2048), 'The issuer; its discovery document is read from there.'),
  scopes: field(list(text(256), 64), '`profile` and `email` when left out; `openid` is always asked for.'),
  identifierClaim: field(text(128), 'The claim that identifies a user; `sub` when left out.'),
  checkEmailVerified: field(
    Bool,
    'Believe an e-mail address only when the provider says it is verified; true when left out.',
  ),
  useUserInfoEndpoint: planned(Bool, 'claims from the UserInfo endpoint'),
});
export type OidcProvider = Static<typeof OidcProvider>;

const github = strict({ clientID: text(512), clientSecret: FromSecret });

const saml = strict({
  metadataURL: Type.Optional(text(2048)),
  metadata: Type.Optional(Text),
  entityID: Type.Optional(text(2048)),
  identifierAttribute: Type.Optional(text(512)),
  forceAuthn: Type.Optional(Bool),
});

const oidcIdentityToken = strict({
  issuerURL: Type.Optional(text(2048)),
  jwksURL: Type.Optional(text(2048)),
  jwksContent: Type.Optional(Text),
  issuer: Type.Optional(text(2048)),
  audience: Type.Optional(text(2048)),
});

const aalRule = strict({ condition: Condition, aal: words('AAL1', 'AAL2', 'AAL3') });
const postAuthenticationRule = strict({
  name: Type.Optional(text(128)),
  condition: Condition,
  effect: words('ALLOW', 'DENY'),
});

export const IdentityProviderSpec = strict(
  {
    displayName: field(text(100), 'Shown on the sign-in page.'),
    isDisabled,
    disableEmailAsIdentity: field(Bool, 'Find users by their stated identities only, never by e-mail address.'),
    oidc: field(OidcProvider, 'OpenID Connect.'),
    github: planned(github, 'GitHub sign-in'),
    saml: planned(saml, 'SAML sign-in'),
    oidcIdentityToken: planned(oidcIdentityToken, 'workload federation'),
    aalRules: planned(list(aalRule, 100), 'assurance levels'),
    postAuthenticationRules: planned(list(postAuthenticationRule, 100), 'post-authentication rules'),
  },
  { 'x-exactly-one': [['oidc', 'github', 'saml', 'oidcIdentityToken']] },
);
export type IdentityProviderSpec = Static<typeof IdentityProviderSpec>;

export const IdentityProvider = resource('IdentityProvider', IdentityProviderSpec, OpenStatus);
export type IdentityProvider = Static<typeof IdentityProvider>;
