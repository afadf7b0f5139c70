import type { Static, TSchema } from 'typebox';
import type { PluginType } from '../gateway/plugin.ts';
import { annotate } from '../model/schema.ts';
import { ApiKeys } from './api-key/schema.ts';
import { BasicAuth } from './basic-auth/schema.ts';
import { CacheRules } from './cache/schema.ts';
import { ClientCertificates } from './client-certificate/schema.ts';
import { CompressRules } from './compress/schema.ts';
import { CorsRules } from './cors/schema.ts';
import type { PluginDeps } from './deps.ts';
import { DirectAnswer } from './direct/schema.ts';
import { ExtAuthz } from './ext-authz/schema.ts';

import { ExtProc } from './ext-proc/schema.ts';
import { FaultRules } from './fault/schema.ts';

import { GeoRules } from './geo/schema.ts';

import { HeaderChanges } from './headers/schema.ts';
import { HostRewrite } from './host/schema.ts';
import { HttpAuthorization } from './http-authorization/schema.ts';
import { IpRestriction } from './ip-restriction/schema.ts';
import { JsonSchemaRules } from './json-schema/schema.ts';
import { Maintenance } from './maintenance/schema.ts';
import { MirrorRules } from './mirror/schema.ts';
import { OpenapiRules } from './openapi/schema.ts';
import { PathRewrite } from './path/schema.ts';
import { QueryChanges } from './query/schema.ts';
import { Quota } from './quota/schema.ts';
import { RateLimit } from './rate-limit/schema.ts';
import { Redirect } from './redirect/schema.ts';
import { ReferrerRules } from './referrer/schema.ts';
import { RequestSize } from './request-size/schema.ts';
import { ScriptCall } from './script/schema.ts';
import { StatusChanges } from './status-code/schema.ts';
import { UserAgentRules } from './user-agent/schema.ts';
import { Visibility } from './visibility/schema.ts';

/**
 * Every plugin that a Service may list, by the key of its configuration there. A new one is a folder, a line here and
 * a test. What reads configuration needs the schemas alone, so the rest is loaded by who serves (`loaded.ts`).
 */
export const CATALOG = {
  apiKey: entry('Recognises who asks by a key.', ApiKeys, () => import('./api-key/api-key.ts')),
  basicAuth: entry('Recognises who asks by a password.', BasicAuth, () => import('./basic-auth/basic-auth.ts')),
  cache: entry('Keeps answers of the upstream, for those who asked.', CacheRules, () => import('./cache/cache.ts')),
  clientCertificate: entry(
    'Recognises who asks by a certificate.',
    ClientCertificates,
    () => import('./client-certificate/client-certificate.ts'),
  ),
  compress: entry(
    'Compresses answers, where that tells nobody anything.',
    CompressRules,
    () => import('./compress/compress.ts'),
  ),
  cors: entry('Says which pages of other origins may read answers.', CorsRules, () => import('./cors/cors.ts')),
  direct: entry('Answers by itself; no upstream is asked.', DirectAnswer, () => import('./direct/direct.ts')),
  extAuthz: entry(
    'Asks an authorization service of Envoy (ext_authz).',
    ExtAuthz,
    () => import('./ext-authz/ext-authz.ts'),
  ),
  extProc: entry(
    'Has an external processor of Envoy (ext_proc) look at requests and answers, and change them.',
    ExtProc,
    () => import('./ext-proc/ext-proc.ts'),
  ),
  fault: entry('Makes requests fail or wait on purpose.', FaultRules, () => import('./fault/fault.ts')),
  geo: entry('Lets in by the place that an address is in.', GeoRules, () => import('./geo/geo.ts')),
  headers: entry('Changes headers of requests and of answers.', HeaderChanges, () => import('./headers/changes.ts')),
  host: entry('Sets the Host that the upstream sees.', HostRewrite, () => import('./host/host.ts')),
  httpAuthorization: entry(
    'Asks an authorization service over HTTP.',
    HttpAuthorization,
    () => import('./http-authorization/http-authorization.ts'),
  ),
  ipRestriction: entry(
    'Lets in and keeps out addresses.',
    IpRestriction,
    () => import('./ip-restriction/ip-restriction.ts'),
  ),
  jsonSchema: entry(
    'Lets in bodies that a JSON schema describes.',
    JsonSchemaRules,
    () => import('./json-schema/json-schema.ts'),
  ),
  maintenance: entry(
    'Answers 503 with a page while something is being done.',
    Maintenance,
    () => import('./maintenance/maintenance.ts'),
  ),
  mirror: entry('Sends copies of requests to a second upstream.', MirrorRules, () => import('./mirror/mirror.ts')),
  openapi: entry('Lets in what an OpenAPI document describes.', OpenapiRules, () => import('./openapi/openapi.ts')),
  path: entry('Changes the path that the upstream sees.', PathRewrite, () => import('./path/path.ts')),
  query: entry('Changes the query that the upstream sees.', QueryChanges, () => import('./query/query.ts')),
  quota: entry('Counts what a consumer may send in a day or a month.', Quota, () => import('./quota/quota.ts')),
  rateLimit: entry(
    'Limits how many requests come in a time, or at once.',
    RateLimit,
    () => import('./rate-limit/rate-limit.ts'),
  ),
  redirect: entry('Sends browsers elsewhere.', Redirect, () => import('./redirect/redirect.ts')),
  referrer: entry(
    'Lets in requests by the page that they come from.',
    ReferrerRules,
    () => import('./referrer/referrer.ts'),
  ),
  requestSize: entry('Refuses bodies that are too large.', RequestSize, () => import('./request-size/request-size.ts')),
  script: entry('Calls a plugin of your own.', ScriptCall, () => import('./script/script.ts')),
  statusCode: entry('Gives answers another status.', StatusChanges, () => import('./status-code/status-code.ts')),
  userAgent: entry(
    'Lets in and keeps out programs by what they call themselves.',
    UserAgentRules,
    () => import('./user-agent/user-agent.ts'),
  ),
} as const;

export type PluginName = keyof typeof CATALOG;
export type PluginConfig<Name extends PluginName> = Static<(typeof CATALOG)[Name]['schema']>;

interface Entry<S extends TSchema> {
  /** What it is for, in one line. */
  readonly summary: string;
  readonly schema: S;
  readonly load: () => Promise<{ readonly plugin: PluginType<Static<S>, PluginDeps> }>;
}

function entry<S extends TSchema>(summary: string, schema: S, load: Entry<S>['load']): Entry<S> {
  return { summary, schema: annotate(schema, { description: summary }), load };
}

/** Those of fields of their own. */
export { CorsRules, PathRewrite, Visibility };
