import { Condition } from './condition.ts';
import { OidcProvider } from './oidc-provider.ts';
import { resource } from './resource.ts';
import { SamlProvider } from './saml-provider.ts';
import { Bool, FromSecret, formatted, isDisabled, namesOf, OpenStatus, text, words } from './scalars.ts';
import { annotate, field, list, required, type Static, strict } from './schema.ts';

export type { GroupMapping, GroupRule } from './group-mapping.ts';
export type { OidcProvider } from './oidc-provider.ts';
export type { SamlProvider } from './saml-provider.ts';

export const Github = strict({
  clientID: required(text(512), 'Our client id at GitHub.'),
  clientSecret: required(FromSecret, 'Our client secret at GitHub.'),
  baseURL: field(formatted('issuer-url', 2048), 'Of an own installation; https://github.com when left out.'),
});
export type Github = Static<typeof Github>;

export const OidcIdentityToken = strict(
  {
    issuerURL: field(formatted('issuer-url', 2048), 'The issuer; its discovery document says where its keys are.'),
    jwksURL: field(formatted('http-url', 2048), 'Where its keys are.'),
    jwksContent: field(text(64 * 1024), 'Its keys, as a JSON Web Key Set.'),
    issuer: field(text(2048), 'What its tokens state in `iss`; `issuerURL` when left out.'),
    audience: field(text(2048), 'What its tokens state in `aud`; `https://DOMAIN` when left out.'),
  },
  { 'x-exactly-one': [['issuerURL', 'jwksURL', 'jwksContent']] },
);
export type OidcIdentityToken = Static<typeof OidcIdentityToken>;

const domains = annotate(list(formatted('host', 253), 100), { 'x-unique': 'warning' });

const justInTime = strict({
  allowed: required(Bool, 'Whoever signs in and is no User yet becomes one.'),
  emailDomains: field(domains, 'Only with a verified e-mail address at one of these; everybody when left out.'),
  groups: field(namesOf('Group'), 'Groups of the new User.'),
  userName: field(words('EMAIL', 'SUBJECT'), 'What its name begins with; `EMAIL` when left out.'),
});

const aalRule = strict({
  condition: required(Condition, 'A condition about `ctx.assertionMap`, the claims.'),
  aal: required(words('AAL1', 'AAL2', 'AAL3'), 'The assurance level of the session.'),
});

const postAuthenticationRule = strict({
  name: field(text(128), 'For the log.'),
  condition: required(
    Condition,
    'A condition about `ctx.user`, `ctx.identityProvider`, `ctx.authenticationInfo` and `ctx.assertionMap`.',
  ),
  effect: required(words('ALLOW', 'DENY'), 'What becomes of the sign-in.'),
});

export const IdentityProviderSpec = strict(
  {
    displayName: field(text(100), 'Shown on the sign-in page.'),
    isDisabled,
    disableEmailAsIdentity: field(Bool, 'Find users by their stated identities only, never by e-mail address.'),
    oidc: field(OidcProvider, 'OpenID Connect.'),
    github: field(Github, 'OAuth 2.0 of GitHub.'),
    saml: field(SamlProvider, 'SAML 2.0; needs the package @node-saml/node-saml.'),
    oidcIdentityToken: field(OidcIdentityToken, 'Tokens of workloads: CI jobs, Kubernetes service accounts.'),
    emailDomains: field(
      domains,
      'Whoever gives an e-mail address at one of these is led to this provider, which is believed about no others.',
    ),
    justInTime: field(justInTime, 'Users that are made by signing in; none when left out.'),
    aalRules: field(list(aalRule, 100), 'Assurance levels by claims; the first that matches counts.'),
    postAuthenticationRules: field(
      list(postAuthenticationRule, 100),
      'Who may sign in; the first that matches decides, and without one the sign-in is allowed.',
    ),
  },
  { 'x-exactly-one': [['oidc', 'github', 'saml', 'oidcIdentityToken']] },
);
export type IdentityProviderSpec = Static<typeof IdentityProviderSpec>;

export const IdentityProvider = resource('IdentityProvider', IdentityProviderSpec, OpenStatus);
export type IdentityProvider = Static<typeof IdentityProvider>;
