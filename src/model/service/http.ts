import { Type } from 'typebox';
import { Bool, Duration, formatted, OpenStatus, Text, text, whole, words } from '../scalars.ts';
import { field, list, planned, type Static, strict } from '../schema.ts';
import { HttpAuth } from './auth.ts';
import { HeaderRules } from './headers.ts';
import { DirectResponse, ServicePlugin } from './plugin.ts';

const o = Type.Optional;

/** 64 MiB (octelium.md, Appendix A). */
export const MOST_BUFFERED_BYTES = 64 * 1024 * 1024;

export const PathRewrite = strict({
  removePrefix: field(
    formatted('rewrite-path', 512),
    'Taken away first, on a segment boundary; a path without it is not changed.',
  ),
  addPrefix: field(formatted('rewrite-path', 512), 'Put in front.'),
});
export type PathRewrite = Static<typeof PathRewrite>;

export const BodyRules = strict({
  mode: field(words('JSON'), 'A body must be a JSON object; conditions read it as `bodyMap`.'),
  maxRequestSize: field(whole(1, MOST_BUFFERED_BYTES), 'Bytes of a buffered body; 32 MiB when left out.'),
  validation: planned(strict({ jsonSchema: strict({ inline: text(30_000) }) }), 'body validation'),
});
export type BodyRules = Static<typeof BodyRules>;

const cors = strict({
  allowOriginStringMatch: o(list(Text, 100)),
  allowMethods: o(Text),
  allowHeaders: o(Text),
  exposeHeaders: o(Text),
  maxAge: o(Text),
  allowCredentials: o(Bool),
  allowClusterServices: o(Bool),
});

const headerNames = o(list(text(256), 128));

const visibility = strict({
  enableRequestBody: o(Bool),
  enableRequestBodyMap: o(Bool),
  enableResponseBody: o(Bool),
  enableResponseBodyMap: o(Bool),
  includeRequestHeaders: headerNames,
  includeResponseHeaders: headerNames,
  includeAllRequestHeaders: o(Bool),
  includeAllResponseHeaders: o(Bool),
  excludeRequestHeaders: headerNames,
  excludeResponseHeaders: headerNames,
});

const retry = strict({
  maxRetries: o(whole(1, 100)),
  initialInterval: o(Duration),
  maxInterval: o(Duration),
  multiplier: o(Type.Number({ minimum: 1 })),
  maxElapsedTime: o(Duration),
  statusCodes: o(list(whole(400, 599), 100)),
  retryOnServerErrors: o(Bool),
});

export const HttpRules = strict({
  auth: field(HttpAuth, 'The credential for the upstream.'),
  header: field(HeaderRules, 'Headers that are added or removed.'),
  path: field(PathRewrite, 'Change of the path.'),
  enableRequestBuffering: field(Bool, 'Read the whole body before deciding; of the default config only.'),
  body: field(BodyRules, 'What a body must be; of the default config only.'),
  cors: planned(cors, 'CORS'),
  isUpstreamHTTP2: planned(Bool, 'HTTP/2 to upstreams'),
  listenHTTP2: planned(Bool, 'HTTP/2'),
  response: planned(strict({ direct: DirectResponse }), 'direct responses'),
  plugins: planned(list(ServicePlugin, 256), 'plugins'),
  visibility: planned(visibility, 'access-log contents'),
  retry: planned(retry, 'retries'),
  identityAssertion: planned(OpenStatus, 'the identity assertion'),
});
export type HttpRules = Static<typeof HttpRules>;
