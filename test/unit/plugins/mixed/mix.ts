import fc from 'fast-check';
import { TOKEN_HEADER } from '../../../../src/base/own-names.ts';
import type { PluginName } from '../../../../src/plugins/catalog.ts';
import { PLUGIN_SAMPLES, SAMPLE_SECRETS } from '../../../support/plugin-samples.ts';

/** A plugin in a list. */
export interface MixedPlugin {
  readonly name: string;
  readonly config: object;
  readonly phase: string;
  readonly condition: object;
}

export interface Mix {
  readonly plugins: readonly MixedPlugin[];
  /** Other fields below `http`. */
  readonly fields: object;
}

/** Who asks, by what; all of it is gone before the upstream is asked. */
export const ASKERS: Readonly<Record<string, readonly string[]>> = {
  nobody: [],
  'alice by cookie': [TOKEN_HEADER, 'proof-of-alice-1'],
  'alice elsewhere': [TOKEN_HEADER, 'proof-of-alice-2'],
  'bob by token': ['authorization', 'Bearer proof-of-bob-1'],
  'bob by cookie': [TOKEN_HEADER, 'proof-of-bob-2'],
  carol: ['x-api-key', SAMPLE_SECRETS['key-of-carol']],
  'carol as a partner': ['x-partner', SAMPLE_SECRETS['key-of-carol']],
  dave: ['authorization', `Basic ${btoa(`dave:${SAMPLE_SECRETS['password-of-dave']}`)}`],
};

export interface MixedRequest {
  readonly asker: string;
  readonly method: string;
  readonly path: string;
  /** What the upstream says of its answer. */
  readonly said: number;
  readonly fields: readonly (readonly [string, string])[];
}

/** What upstreams say of answers that are not for everybody. */
export const SAID: readonly (readonly string[])[] = [
  [],
  ['cache-control', 'max-age=60'],
  ['cache-control', 'max-age=60', 'vary', 'accept-encoding, x-tenant'],
  ['cache-control', 'must-revalidate'],
  ['cache-control', 'no-cache'],
  ['cache-control', 'private'],
  ['vary', '*'],
];

export const ALWAYS = { matchAny: true };
const condition = fc.oneof(
  { weight: 3, arbitrary: fc.constant(ALWAYS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<object>(
      { match: 'ctx.request.http.method == "GET"' },
      { not: 'ctx.request.http.path == "/b"' },
      { match: 'ctx.user.metadata.name == "alice"' },
      {
        any: {
          of: [{ match: 'ctx.user.metadata.name == "bob"' }, { match: '"x-tenant" in ctx.request.http.headers' }],
        },
      },
      { none: { of: [{ match: '"staff" in ctx.user.spec.groups' }] } },
    ),
  },
);
/** These do the most to one another. */
const OFTEN = ['cache', 'compress', 'apiKey', 'apiKey', 'basicAuth', 'headers', 'rateLimit'];
/** These answer in the place of the upstream, and leave little to look at. */
const ANSWERING = new Set(['direct', 'maintenance', 'redirect', 'jsonSchema', 'clientCertificate']);

const plugin: fc.Arbitrary<MixedPlugin> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constantFrom(...OFTEN) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        ...[...PLUGIN_SAMPLES.keys()].filter((name) => !ANSWERING.has(name) && name !== 'cors'),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...ANSWERING) },
  )
  .chain((name) => {
    const { config, others = [], phases = ['POST_AUTH'] } = PLUGIN_SAMPLES.get(name as PluginName)!;
    return fc.record({
      name: fc.constant(name),
      config: fc.constantFrom(config, ...others),
      phase: fc.constantFrom<string>(...phases),
      condition: ANSWERING.has(name) ? fc.constant({ match: 'ctx.request.http.path == "/c"' }) : condition,
    });
  });

const fields = fc.record(
  {
    cors: fc.constant({ allowOriginStringMatch: ['*'] }),
    header: fc.constantFrom<object>(
      { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] },
      { forwardedMode: 'OBFUSCATE' },
    ),
    path: fc.constant({ addPrefix: '/all' }),
    enableRequestBuffering: fc.constant(true),
    visibility: fc.constant({
      includeAllRequestHeaders: true,
      includeAllResponseHeaders: true,
      enableRequestBody: true,
      enableResponseBody: true,
    }),
  },
  { requiredKeys: [] },
);

const cache = PLUGIN_SAMPLES.get('cache')!;
const keeping = fc.constantFrom(...[cache.config, ...(cache.others ?? [])]);
/** What the properties are about first of all; the rest stands around it. */
const kept: fc.Arbitrary<MixedPlugin> = keeping.map((config) => {
  return { name: 'cache', config, phase: 'POST_AUTH', condition: ALWAYS };
});

export const mix: fc.Arbitrary<Mix> = fc.record({
  plugins: fc
    .tuple(fc.array(plugin, { maxLength: 5 }), fc.array(kept, { maxLength: 1 }), fc.array(plugin, { maxLength: 3 }))
    .map((parts) => parts.flat()),
  fields,
});

export const request: fc.Arbitrary<MixedRequest> = fc.record({
  asker: fc.constantFrom(...Object.keys(ASKERS)),
  method: fc.oneof({ weight: 8, arbitrary: fc.constant('GET') }, fc.constantFrom('HEAD', 'POST')),
  path: fc.constantFrom('/a', '/a', '/a', '/a', '/b', '/c', '/denied'),
  said: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.nat(SAID.length - 1)),
  fields: fc.uniqueArray(
    fc.constantFrom(
      ['accept-encoding', 'gzip'] as const,
      ['accept-encoding', 'br, zstd'] as const,
      ['x-tenant', 'one'] as const,
      ['origin', 'https://other.example'] as const,
      ['if-none-match', '"stale"'] as const,
      ['cache-control', 'no-cache'] as const,
      ['cache-control', 'max-stale'] as const,
    ),
    { maxLength: 2, selector: ([name]) => name, size: 'xsmall' },
  ),
});
