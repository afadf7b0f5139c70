import { Type } from 'typebox';
import { CorsRules, PathRewrite, Visibility } from '../../plugins/catalog.ts';
import { Bool, Duration, formatted, text, whole, words } from '../scalars.ts';
import { annotate, field, list, required, type Static, strict } from '../schema.ts';
import { HttpAuth } from './auth.ts';
import { HeaderRules } from './headers.ts';
import { IdentityAssertion } from './identity-assertion.ts';
import { ServicePlugin } from './plugin.ts';

/** 64 MiB (octelium.md, Appendix A). */
export const MOST_BUFFERED_BYTES = 64 * 1024 * 1024;

export const BodyRules = strict({
  mode: field(words('JSON'), 'A body must be a JSON object; conditions read it as `bodyMap`.'),
  maxRequestSize: field(
    whole(1, 1024 ** 4),
    'Bytes; more is refused with 413. When left out: 32 MiB with buffering, which takes at most 64 MiB, else any number.',
  ),
  validation: field(
    strict({
      jsonSchema: field(strict({ inline: required(text(30_000), 'JSON Schema 2020-12, as JSON.') }), 'By this.'),
    }),
    'Bodies that do not fit are refused.',
  ),
});
export type BodyRules = Static<typeof BodyRules>;

const DirectResponse = strict(
  {
    statusCode: field(whole(200, 599), 'Its status; 200 when left out.'),
    contentType: field(formatted('header-value', 256), 'Its Content-Type.'),
    inline: field(text(50_000), 'Its body as text.'),
    inlineBytes: field(formatted('base64', 50_000), 'Its body as base64.'),
  },
  { 'x-at-most-one': [['inline', 'inlineBytes']] },
);
export type DirectResponse = Static<typeof DirectResponse>;

export const WebSocketRules = strict({
  allowedOrigins: field(
    annotate(list(formatted('origin', 300), 100), { 'x-unique': 'warning' }),
    'Origins beside its own whose pages may open WebSockets.',
  ),
});

export const RETRY_METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'] as const;

export const RetryRules = strict({
  maxRetries: field(whole(1, 100), 'Tries after the first one; 3 when left out.'),
  initialInterval: field(Duration, 'Before the first retry, give or take a half; 100 ms when left out.'),
  maxInterval: field(Duration, 'The longest pause; 2 s when left out.'),
  multiplier: field(Type.Number({ minimum: 1, maximum: 100 }), 'How pauses grow; 1.5 when left out.'),
  maxElapsedTime: field(Duration, 'Since the first try, after which none begins; 10 s when left out.'),
  statusCodes: field(list(whole(400, 599), 100), 'Answers to try again, beside 502, 503 and 504.'),
  retryOnServerErrors: field(Bool, 'Every status from 500 on is tried again.'),
  methods: field(
    annotate(list(words(...RETRY_METHODS), 10), { 'x-unique': 'warning' }),
    'Which requests are tried again; those that are idempotent when left out: all of them but POST and PATCH.',
  ),
});
export type RetryRules = Static<typeof RetryRules>;

export const HttpRules = strict({
  auth: field(HttpAuth, 'The credential for the upstream.'),
  header: field(HeaderRules, 'Headers that are added or removed.'),
  path: field(PathRewrite, 'Change of the path.'),
  enableRequestBuffering: field(Bool, 'Read the whole body before deciding; of the default config only.'),
  body: field(BodyRules, 'What a body must be; all but validation of the default config only.'),
  webSocket: field(WebSocketRules, 'Who may open WebSockets; of the default config only.'),
  cors: field(
    CorsRules,
    'Pages of which other origins may read answers; of the default config only. None when left out.',
  ),
  isUpstreamHTTP2: field(Bool, 'HTTP/2 to an https upstream that agrees; mode GRPC, grpc and h2c have it anyway.'),
  listenHTTP2: field(Bool, 'Cleartext listeners take HTTP/2 too; of the default config only. Mode GRPC has it anyway.'),
  response: field(strict({ direct: field(DirectResponse, 'This answer.') }), 'Answered by the gateway itself.'),
  plugins: field(annotate(list(ServicePlugin, 256), { 'x-unique-by': 'name' }), 'What else is done, in this order.'),
  visibility: field(Visibility, 'Headers and bodies that the access log shows.'),
  retry: field(RetryRules, 'Requests that fail are tried again.'),
  identityAssertion: field(IdentityAssertion, 'Tells the upstream who sent a request, signed.'),
});
export type HttpRules = Static<typeof HttpRules>;
