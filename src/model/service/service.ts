import { ServiceAuthorization } from '../authorization.ts';
import { resource } from '../resource.ts';
import {
  attrs,
  Bool,
  formatted,
  isDisabled,
  LocalName,
  nameOf,
  OpenStatus,
  whole,
  wordsWithPlanned,
} from '../scalars.ts';
import { annotate, field, list, planned, required, type Static, strict } from '../schema.ts';
import { ServiceAuthentication } from './accepted-tokens.ts';
import { DynamicConfig, ServiceConfig } from './config.ts';
import { RouteMatch } from './match.ts';

const MODES = [
  'HTTP',
  'WEB',
  'GRPC',
  'TCP',
  'UDP',
  'SSH',
  'KUBERNETES',
  'POSTGRES',
  'MYSQL',
  'DNS',
  'SOCKS5',
  'RDP_WEB',
  'MCP',
  'LLM',
] as const;
export type ServiceMode = (typeof MODES)[number];

const IMPLEMENTED_MODES: readonly ServiceMode[] = ['HTTP', 'WEB', 'GRPC'];

const mode = wordsWithPlanned(
  MODES,
  Object.fromEntries(MODES.filter((m) => !IMPLEMENTED_MODES.includes(m)).map((m) => [m, `mode ${m}`])),
);

export const ServiceSpec = strict({
  mode: required(mode, 'The protocol. HTTP and WEB are the same but for the name; GRPC serves gRPC and gRPC-Web.'),
  isPublic: field(Bool, 'Served on the public listeners.'),
  hosts: field(
    annotate(list(formatted('host', 253), 100), { 'x-unique': 'error' }),
    'Further host names; `*.example.com` stands for one label.',
  ),
  match: field(RouteMatch, 'What it answers on its hosts; everything when left out.'),
  isAnonymous: field(Bool, 'Nobody is asked to sign in.'),
  isDisabled,
  authentication: field(ServiceAuthentication, 'Who is believed about who sends a request.'),
  identityProvider: field(nameOf('IdentityProvider'), 'Whoever must sign in for this Service does so there.'),
  authorization: field(ServiceAuthorization, 'Policies for every request of this Service.'),
  config: field(ServiceConfig, 'The default config.'),
  dynamicConfig: field(DynamicConfig, 'Configs chosen per request.'),
  port: field(whole(1, 65_535), 'Port of a private listener. It has no effect on public hosts.'),
  attrs,
  isTLS: planned(Bool, 'private listeners'),
  deployment: planned(strict({ replicas: field(whole(1, 100), 'Replicas.') }), 'clusters'),
  region: planned(LocalName, 'clusters'),
  limits: planned(OpenStatus, 'limits'),
});
export type ServiceSpec = Static<typeof ServiceSpec>;

export const Service = resource('Service', ServiceSpec, OpenStatus);
export type Service = Static<typeof Service>;
