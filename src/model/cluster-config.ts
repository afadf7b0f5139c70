import { Authorization } from './authorization.ts';
import { OpaSettings } from './opa.ts';
import { resource } from './resource.ts';
import { Bool, FromSecret, formatted, OpenStatus, whole } from './scalars.ts';
import { field, list, planned, type Static, strict } from './schema.ts';
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

const session = strict({
  human: field(SessionSettings, 'Sessions of people.'),
  workload: field(SessionSettings, 'Sessions of workloads.'),
});

export const ClusterConfigSpec = strict({
  authorization: field(Authorization, 'Policies for every request.'),
  ingress: field(ingress, 'What is in front of us.'),
  session: field(session, 'How long sessions live.'),
  opa: field(OpaSettings, 'Bundles and servers of the Open Policy Agent that `opa` conditions name.'),
  device: planned(OpenStatus, 'devices'),
  authenticator: planned(OpenStatus, 'second factors'),
  authentication: planned(OpenStatus, 'geolocation'),
  gateway: planned(OpenStatus, 'the native client'),
  dns: planned(OpenStatus, 'the native client'),
});
export type ClusterConfigSpec = Static<typeof ClusterConfigSpec>;

/** There is one, named `default`. */
export const ClusterConfig = resource('ClusterConfig', ClusterConfigSpec, OpenStatus);
export type ClusterConfig = Static<typeof ClusterConfig>;
