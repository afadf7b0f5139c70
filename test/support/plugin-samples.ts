import { join } from 'node:path';
import { parse } from 'yaml';
import { CATALOG, type PluginName } from '../../src/plugins/catalog.ts';
import { readBlocks } from './markdown.ts';
import { JSON_BODY, JSON_SCHEMA, OPENAPI } from './sample-documents.ts';

type Phase = 'PRE_AUTH' | 'POST_AUTH';

/** A plugin as `npm run bench` and the properties of all plugins use it. */
export interface PluginSample {
  /** Lets the request below through. */
  readonly config: object;
  /** Other configurations that are worth mixing with other plugins. */
  readonly others?: readonly object[];
  /** Where it may stand; `POST_AUTH` alone when left out. */
  readonly phases?: readonly Phase[];
  /** Says who sent a request. */
  readonly identifies?: true;
  /** What the bench sends: by itself a GET of `/v1/items` by a browser. */
  readonly request?: SampleRequest;
  /** Status of the answer: some plugins answer by themselves. 200 when left out. */
  readonly status?: number;
  /** Bytes that the upstream of the bench answers with; 100 when left out. */
  readonly answerBytes?: number;
  /** Microseconds of CPU that it may add to a request. */
  readonly most?: number;
}

export interface SampleRequest {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** The certificate of `SAMPLE_CERTIFICATE` is shown. */
  readonly showsCertificate?: true;
}

/** Users that the samples know, the Secrets that they have, and the servers that they ask. */
export const SAMPLE_USERS = ['alice', 'bob', 'carol', 'dave', 'erin'] as const;
export const SAMPLE_SECRETS = {
  'key-of-carol': 'carols-key-0123456789',
  'password-of-dave': 'daves-password',
  'upstream-token': 'token-of-the-gateway',
} as const;
export const AUTHZ_HTTP = 'http://authz.example.net/check';
export const AUTHZ_GRPC = 'grpc://authz.example.net:9001';
export const SAMPLE_CERTIFICATE = {
  subject: 'CN=erin,O=Example',
  issuer: 'CN=Devices,O=Example',
  serialNumber: '01',
  fingerprint: 'ab'.repeat(32),
  dnsNames: [],
  emails: [],
  uris: ['spiffe://example.com/erin'],
} as const;

const BOTH: readonly Phase[] = ['PRE_AUTH', 'POST_AUTH'];
const FIRST: readonly Phase[] = ['PRE_AUTH'];
const USER_HEADER = { key: 'X-User', eval: 'ctx.user.metadata.name' };
const browser = (...fields: readonly string[]): SampleRequest => ({ headers: fields });

/** Where the example of a plugin's page is not what should be measured, or needs something that is not there. */
const OWN_SAMPLES: Readonly<Partial<Record<PluginName, PluginSample>>> = {
  apiKey: {
    config: { header: 'X-Api-Key', keys: [{ user: 'carol', key: { fromSecret: 'key-of-carol' } }] },
    others: [{ header: 'X-Partner', keys: [{ user: 'carol', key: { fromSecret: 'key-of-carol' } }] }],
    phases: FIRST,
    identifies: true,
    request: browser('x-api-key', SAMPLE_SECRETS['key-of-carol']),
  },
  basicAuth: {
    config: { users: [{ user: 'dave', password: { fromSecret: 'password-of-dave' } }] },
    phases: FIRST,
    identifies: true,
    request: browser('authorization', `Basic ${btoa(`dave:${SAMPLE_SECRETS['password-of-dave']}`)}`),
  },
  cache: {
    config: { ttl: '1h' },
    others: [
      { ttl: '1h', allowSharingOfPublicAnswersBetweenIdentities: true, useXCacheHeader: true },
      { ttl: '1h', key: { eval: 'ctx.request.http.path' } },
      { ttl: '1ms', allowUnsafeMethods: true },
    ],
  },
  clientCertificate: {
    config: { rules: [{ user: 'erin', uri: 'spiffe://example.com/erin', issuer: 'CN=Devices,O=Example' }] },
    phases: FIRST,
    identifies: true,
    request: { showsCertificate: true },
  },
  compress: {
    config: {},
    others: [
      { minSize: 0, compressAnswersThatMayHoldSecretsDespiteBreach: true },
      { encodings: ['gzip'], minSize: 0 },
    ],
    request: browser('accept-encoding', 'gzip'),
    answerBytes: 4096,
  },
  cors: {
    config: { allowOriginStringMatch: ['https://www.example.org'], allowCredentials: true },
    phases: FIRST,
    request: browser('origin', 'https://www.example.org'),
    most: 2,
  },
  direct: {
    config: { statusCode: 203, body: { inline: 'answered here' } },
    phases: BOTH,
    status: 203,
  },
  extAuthz: { config: { url: AUTHZ_GRPC }, others: [{ url: AUTHZ_GRPC, requestHeaders: ['x-tenant'] }] },
  extProc: {
    config: { address: AUTHZ_GRPC },
    others: [{ address: AUTHZ_GRPC, processingMode: { responseBodyMode: 'BUFFERED' } }],
  },
  fault: { config: { abort: { status: 503, percent: 0 } }, others: [{ abort: { status: 503, percent: 20 } }] },
  geo: { config: { deny: { countries: ['AQ'] } }, others: [{ requestHeaders: { country: 'X-Country' } }] },
  headers: {
    config: {
      request: [
        { op: 'SET', key: 'X-Tenant', value: 'shop' },
        { op: 'REMOVE', key: 'X-Internal' },
      ],
      response: [{ op: 'SET', key: 'X-Frame-Options', value: 'DENY' }],
    },
    others: [{ request: [{ op: 'SET', ...USER_HEADER }], response: [{ op: 'SET', ...USER_HEADER, key: 'X-Told' }] }],
    most: 2,
  },
  host: { config: { value: 'items.internal' }, others: [{ preserve: true }] },
  httpAuthorization: {
    config: { url: AUTHZ_HTTP },
    others: [{ url: AUTHZ_HTTP, upstreamHeaders: ['X-Plan'], body: { eval: '"{}"' } }],
  },
  ipRestriction: { config: { allow: ['192.0.2.0/24'] }, others: [{ deny: ['192.0.2.1'] }], phases: BOTH, most: 2 },
  jsonSchema: {
    config: { inline: JSON_SCHEMA },
    request: { method: 'POST', headers: ['content-type', 'application/json'], body: JSON_BODY },
    most: 15,
  },
  maintenance: { config: { message: 'back at noon' }, phases: BOTH, status: 503 },
  mirror: {
    config: { url: 'http://second.example.net', maxRequests: 256 },
    others: [{ url: 'http://second.example.net', percent: 50 }],
  },
  openapi: { config: { inline: OPENAPI } },
  path: { config: { removePrefix: '/v1' }, others: [{ addPrefix: '/all' }], most: 2 },
  query: { config: { changes: [{ op: 'SET', key: 'tenant', value: 'shop' }] } },
  quota: { config: { limit: 1_000_000_000, per: 'month' }, others: [{ limit: 3, per: 'day', key: { perUser: true } }] },
  rateLimit: {
    config: { limit: 1_000_000_000, window: '1h' },
    others: [
      { limit: 3, window: '1h', key: { perUser: true } },
      { limit: 2, algorithm: 'concurrency', key: { perAddress: true } },
    ],
    phases: BOTH,
    most: 2,
  },
  redirect: { config: { location: '/elsewhere' }, phases: BOTH, status: 302 },
  referrer: {
    config: { allow: ['*.example.com'] },
    others: [{ deny: ['forum.example.com'] }],
    phases: BOTH,
    request: browser('referer', 'https://www.example.com/list'),
  },
  requestSize: {
    config: { maxBytes: 10_000 },
    others: [{ maxBytes: 4 }],
    phases: BOTH,
    request: { method: 'POST', body: 'x'.repeat(1024) },
  },
  userAgent: { config: { deny: ['(?i)bot\\b', '^$'] }, others: [{ allow: ['Firefox'] }], phases: BOTH },
};

/** Of every plugin. */
export const PLUGIN_SAMPLES: ReadonlyMap<PluginName, PluginSample> = new Map(
  (Object.keys(CATALOG) as PluginName[]).map((name) => [name, OWN_SAMPLES[name] ?? sampleOfPage(name)]),
);

/** The first example of the plugin's page. */
function sampleOfPage(name: PluginName): PluginSample {
  const folder = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const page = join(import.meta.dirname, '../../src/plugins', folder, 'README.md');
  for (const { language, text } of readBlocks(page)) {
    if (language !== 'yaml') continue;
    const listed: readonly Record<string, object>[] = parse(text).spec?.config?.http?.plugins ?? [];
    const config = listed.find((one) => one[name] !== undefined)?.[name];
    if (config !== undefined) return { config };
  }
  throw new Error(`${page} has no example of ${name}, and plugin-samples.ts no line`);
}
