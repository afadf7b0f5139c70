import { SharedAuthorization } from './authorization.ts';
import { Branding } from './branding.ts';
import { Condition } from './condition.ts';
import { OpaSettings } from './opa.ts';
import { resource } from './resource.ts';
import { Bool, FromSecret, formatted, OpenStatus, text, whole, words } from './scalars.ts';
import { field, list, planned, required, type Static, strict } from './schema.ts';
import { SessionSettings } from './session-settings.ts';

const ingress = strict({
  trustedProxies: field(
    list(formatted('cidr', 64), 1000),
    'CIDR blocks of the peers whose forwarding headers are believed; none when left out.',
  ),
  certificates: field(
    list(FromSecret, 1000),
    'Secrets with a certificate chain and its private key (PEM), beside the certificates that serve was given.',
  ),
  useForwardedForHeader: planned(Bool, 'counted proxy hops', 'use trustedProxies'),
  xffNumTrustedHops: planned(whole(1, 11), 'counted proxy hops', 'use trustedProxies'),
});

const enforcementRule = strict({
  condition: required(Condition, 'Whom it is about: `ctx.user`, `ctx.groups`, `ctx.session`, `ctx.request`.'),
  effect: required(
    words('ENFORCE', 'IGNORE', 'RECOMMEND'),
    'Required before any Service, not asked for, or only recommended.',
  ),
});

const postAuthenticationRule = strict({
  name: field(text(128), 'For its readers.'),
  condition: required(Condition, 'As above; `ctx.session` is as the factor makes it.'),
  effect: required(words('ALLOW', 'DENY'), 'Whether the factor counts.'),
});

const session = strict({
  human: field(SessionSettings, 'Sessions of people.'),
  workload: field(SessionSettings, 'Sessions of workloads.'),
});

const authenticator = strict({
  defaultState: field(
    words('ACTIVE', 'PENDING', 'REJECTED'),
    'Of a new second factor; only active ones count. ACTIVE when left out.',
  ),
  enablePasskeyLogin: field(Bool, 'A passkey alone signs in, without a provider; false when left out.'),
  registrationEnforcementRules: field(
    list(enforcementRule, 100),
    'Whether those who have no second factor must set one up; the first rule that matches decides.',
  ),
  authenticationEnforcementRules: field(
    list(enforcementRule, 100),
    'Whether those who have one must show it at each sign-in; the first rule that matches decides.',
  ),
  postAuthenticationRules: field(
    list(postAuthenticationRule, 100),
    'Whether a second factor that was shown counts; the first rule that matches decides, and without one it does.',
  ),
  fido: planned(OpenStatus, 'attestation of passkeys'),
});

export const ClusterConfigSpec = strict({
  authorization: field(SharedAuthorization, 'Policies for every request.'),
  ingress: field(ingress, 'What is in front of us.'),
  session: field(session, 'How long sessions live.'),
  opa: field(OpaSettings, 'Bundles and servers of the Open Policy Agent that `opa` conditions name.'),
  branding: field(Branding, 'How the pages of the gateway look.'),
  device: planned(OpenStatus, 'devices'),
  authenticator: field(authenticator, 'Second factors.'),
  authentication: planned(OpenStatus, 'geolocation'),
  gateway: planned(OpenStatus, 'the native client'),
  dns: planned(OpenStatus, 'the native client'),
});
export type ClusterConfigSpec = Static<typeof ClusterConfigSpec>;

/** There is one, named `default`. */
export const ClusterConfig = resource('ClusterConfig', ClusterConfigSpec, OpenStatus);
export type ClusterConfig = Static<typeof ClusterConfig>;
