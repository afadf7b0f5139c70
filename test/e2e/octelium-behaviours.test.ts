import { type Behaviour, describeBehaviours, listed } from '../support/behaviours.ts';

// What Octelium documents and tests of its HTTP Services, by section of the inventory. Where we do better on purpose,
// the title says so.

const json = (body: unknown) => ({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const request = (addRequestHeaders: unknown[], more: object = {}) => ({ header: { addRequestHeaders, ...more } });
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' },
});
const BUFFERED = { enableRequestBuffering: true, body: { mode: 'JSON' } };
const SCHEMA = JSON.stringify({ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] });
const CORS = { allowOriginStringMatch: ['https://app.example.com', 'https://Other.example.com:443'] };
const RETRY = { initialInterval: '1ms', maxInterval: '1ms' };

const HEADERS: readonly Behaviour[] = [
  {
    title: 'a header that is added replaces that of the client',
    http: request([{ key: 'X-A', value: 'ours' }]),
    ask: { headers: { 'x-a': 'theirs' } },
    upstream: { 'x-a': 'ours' },
  },
  {
    title: 'with append it stands beside it',
    http: request([{ key: 'X-A', value: 'ours', append: true }]),
    ask: { headers: { 'x-a': 'theirs' } },
    upstream: { 'x-a': 'theirs, ours' },
  },
  {
    title: 'an expression over ctx gives a value (in Octelium it cannot name ctx)',
    http: request([{ key: 'X-Where', eval: 'ctx.request.http.method + " " + ctx.request.http.path' }]),
    ask: { path: '/p?q=1' },
    upstream: { 'x-where': 'GET /p' },
  },
  {
    title: 'an expression knows the Service',
    http: request([{ key: 'X-Service', eval: 'ctx.service.metadata.name' }]),
    upstream: { 'x-service': 'SERVICE' },
  },
  {
    title: 'what is removed is removed after everything was added',
    http: request([{ key: 'X-A', value: 'ours' }], { removeRequestHeaders: ['X-A', 'x-b'] }),
    ask: { headers: { 'x-b': '1' } },
    upstream: { 'x-a': undefined, 'x-b': undefined },
  },
  {
    title: 'response headers are added and removed the same way',
    http: {
      header: { addResponseHeaders: [{ key: 'X-Out', value: '1' }], removeResponseHeaders: ['x-upstream'] },
    },
    answer: { 'x-out': '1', 'x-upstream': undefined },
  },
  {
    title: 'the headers of the gateway and of proxies before it never come from a client',
    http: {},
    ask: {
      headers: {
        'x-octelium-session-uid': '1',
        'X-OCTELIUM-anything': '1',
        'x-request-id': 'mine',
        'x-forwarded-client-cert': '1',
        'x-envoy-original-path': '/a',
        'x-forwarded-for': '1.2.3.4',
        forwarded: 'for=1.2.3.4',
        'x-real-ip': '1.2.3.4',
      },
    },
    upstream: {
      'x-octelium-session-uid': undefined,
      'x-octelium-anything': undefined,
      'x-forwarded-client-cert': undefined,
      'x-envoy-original-path': undefined,
      'x-forwarded-for': undefined,
      forwarded: undefined,
      'x-real-ip': undefined,
    },
  },
  {
    title: 'trace context passes through untouched',
    http: {},
    ask: { headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' } },
    upstream: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
  },
  {
    title: 'cookies of the gateway are removed, those of the application are kept',
    http: {},
    ask: { headers: { cookie: '__Host-ostiary-session=x; theme=dark; ostiary-session=y' } },
    upstream: { cookie: 'theme=dark' },
  },
  { title: 'Host is that of the upstream', http: {}, upstream: { host: 'UPSTREAM' } },
  { title: 'or that of the Service', http: { header: { host: { preserve: true } } }, upstream: { host: 'HOST' } },
  { title: 'or one that is given', http: { header: { host: { value: 'a.test' } } }, upstream: { host: 'a.test' } },
  {
    title: 'or computed',
    http: { header: { host: { eval: '"x-" + ctx.request.http.method.lowerAscii() + ".test"' } } },
    upstream: { host: 'x-get.test' },
  },
  {
    title: 'Authorization passes on a Service that is anonymous',
    http: {},
    ask: { headers: { authorization: 'Basic YTpi' } },
    upstream: { authorization: 'Basic YTpi' },
  },
  {
    title: 'unless it is to be deleted',
    http: { header: { authorizationMode: 'DELETE' } },
    ask: { headers: { authorization: 'Basic YTpi' } },
    upstream: { authorization: undefined },
  },
  {
    title: 'it is deleted where we ask who it is',
    http: {},
    spec: { isAnonymous: false },
    upstream: { authorization: undefined },
  },
  {
    title: 'unless it is to be passed, and never a token of ours (in Octelium that too)',
    http: { header: { authorizationMode: 'PASS' } },
    spec: { isAnonymous: false },
    upstream: { authorization: undefined },
  },
  {
    title: 'so that somebody who shows our token elsewhere can send a credential to the upstream',
    http: { header: { authorizationMode: 'PASS' } },
    spec: { isAnonymous: false },
    ask: { headers: { authorization: 'Basic YTpi', 'x-ostiary-auth': 'TOKEN' } },
    upstream: { authorization: 'Basic YTpi', 'x-ostiary-auth': undefined },
  },
];

const CORS_CASES: readonly Behaviour[] = [
  {
    title: 'a preflight of an origin that is listed is answered by the gateway with what is asked for',
    http: { cors: CORS },
    ask: preflight('https://app.example.com'),
    upstream: null,
    answer: {
      status: 204,
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'x-a, x-b',
    },
  },
  {
    title: 'origins are compared in lower case and without default ports',
    http: { cors: CORS },
    ask: preflight('https://other.example.com'),
    upstream: null,
    answer: { status: 204 },
  },
  {
    title: 'of another origin it is refused',
    http: { cors: CORS },
    ask: preflight('https://evil.example'),
    upstream: null,
    answer: { status: 403, 'access-control-allow-origin': undefined },
  },
  {
    title: 'without rules too: no upstream ever sees a preflight',
    http: {},
    ask: preflight('https://app.example.com'),
    upstream: null,
    answer: { status: 403 },
  },
  {
    title: 'before anybody is asked who it is',
    http: { cors: CORS },
    spec: { isAnonymous: false },
    ask: preflight('https://app.example.com'),
    upstream: null,
    answer: { status: 204 },
  },
  {
    title: 'the own origin is always let in',
    http: {},
    ask: preflight('OWN'),
    upstream: null,
    answer: { status: 204, 'access-control-allow-origin': 'OWN' },
  },
  {
    title: '`*` is answered with the origin itself',
    http: { cors: { allowOriginStringMatch: ['*'] } },
    ask: { headers: { origin: 'https://any.example' } },
    answer: { 'access-control-allow-origin': 'https://any.example', vary: 'Origin' },
  },
  {
    title: 'refusals can be read by pages that are let in',
    http: { cors: CORS, ...listed({ direct: { statusCode: 403 } }) },
    ask: { headers: { origin: 'https://app.example.com' } },
    upstream: null,
    answer: { status: 403, 'access-control-allow-origin': 'https://app.example.com' },
  },
  {
    title: 'what the upstream says of origins is replaced',
    http: { cors: CORS },
    ask: { path: '/?cors', headers: { origin: 'https://evil.example' } },
    answer: { status: 200, 'access-control-allow-origin': undefined },
  },
  {
    title:
      'allowClusterServices lets in what is below the domain, with credentials (in Octelium also over another scheme)',
    http: { cors: { allowClusterServices: true } },
    ask: preflight('DOMAIN'),
    upstream: null,
    answer: { status: 204, 'access-control-allow-credentials': 'true' },
  },
];

const PATHS: readonly Behaviour[] = [
  {
    title: 'a prefix is added',
    http: { path: { addPrefix: '/v1' } },
    ask: { path: '/a?b=c' },
    upstream: { url: '/v1/a?b=c' },
  },
  {
    title: 'a prefix is removed',
    http: { path: { removePrefix: '/v1' } },
    ask: { path: '/v1/a' },
    upstream: { url: '/a' },
  },
  {
    title: 'first removed, then added',
    http: { path: { removePrefix: '/v1', addPrefix: '/v2' } },
    ask: { path: '/v1/a' },
    upstream: { url: '/v2/a' },
  },
  {
    title: 'where it is missing nothing changes',
    http: { path: { removePrefix: '/v2' } },
    ask: { path: '/v1' },
    upstream: { url: '/v1' },
  },
  {
    title: 'what is left of a whole path is /',
    http: { path: { removePrefix: '/v1' } },
    ask: { path: '/v1' },
    upstream: { url: '/' },
  },
  {
    title: 'a slash is put before what has none',
    http: { path: { removePrefix: '/v1/' } },
    ask: { path: '/v1/a' },
    upstream: { url: '/a' },
  },
  {
    title: 'encoded slashes are refused (in Octelium they stay)',
    http: { path: { removePrefix: '/v1' } },
    ask: { path: '/v1/a%2Fb' },
    upstream: null,
    answer: { status: 400 },
  },
  {
    title: 'two slashes are one, for policies and the upstream (in Octelium they stay two)',
    http: {},
    ask: { path: '/a//b' },
    upstream: { url: '/a/b' },
  },
  {
    title: 'dots are resolved before anything is decided',
    http: {},
    ask: { path: '/a/%2e%2e/b' },
    upstream: { url: '/b' },
  },
  {
    title: 'a path with encoded slashes and dots is refused',
    http: {},
    ask: { path: '/a%2F../b' },
    upstream: null,
    answer: { status: 400 },
  },
];

const BODIES: readonly Behaviour[] = [
  { title: 'a JSON object goes on', http: BUFFERED, ask: json({ a: 1 }), upstream: { body: '{"a":1}' } },
  { title: 'an empty body too', http: BUFFERED, ask: { method: 'POST' }, upstream: { body: '' } },
  ...['[1]', '"a"', 'null', '{', '{"a":1}x'].map((body) => ({
    title: `${body} is no JSON object`,
    http: BUFFERED,
    ask: json(body),
    upstream: null,
    answer: { status: 400 },
  })),
  {
    title: 'a body that is larger than it may be is refused',
    http: { enableRequestBuffering: true, body: { maxRequestSize: 10 } },
    ask: json('x'.repeat(11)),
    upstream: null,
    answer: { status: 413 },
  },
  {
    title: 'a body that fits its schema goes on',
    http: { ...BUFFERED, body: { mode: 'JSON', validation: { jsonSchema: { inline: SCHEMA } } } },
    ask: json({ n: 1 }),
    upstream: { body: '{"n":1}' },
  },
  {
    title: 'one that does not is refused',
    http: { ...BUFFERED, body: { mode: 'JSON', validation: { jsonSchema: { inline: SCHEMA } } } },
    ask: json({ n: 'one' }),
    upstream: null,
    answer: { status: 400 },
  },
];

const PLUGINS: readonly Behaviour[] = [
  {
    title: 'direct answers with 200 when nothing is said',
    http: listed({ direct: { body: { inline: 'hi' } } }),
    upstream: null,
    answer: { status: 200, body: 'hi' },
  },
  {
    title: 'direct with status, bytes and headers',
    http: listed({
      direct: { statusCode: 201, body: { inlineBytes: 'aGk=' }, headers: [{ key: 'X-A', value: '1' }] },
    }),
    upstream: null,
    answer: { status: 201, body: 'hi', 'x-a': '1' },
  },
  {
    title: 'a plugin acts where its condition matches and nowhere else',
    http: listed(
      { condition: { match: 'ctx.request.http.path == "/b"' }, path: { addPrefix: '/no' } },
      {
        condition: { all: { of: [{ matchAny: true }, { not: 'ctx.request.http.path == "/b"' }] } },
        path: { addPrefix: '/yes' },
      },
    ),
    ask: { path: '/a' },
    upstream: { url: '/yes/a' },
  },
  {
    title: 'a condition that reads what is not there does not match',
    http: listed({ condition: { match: 'ctx.request.http.bodyMap.x == 1' }, direct: {} }),
    upstream: { url: '/' },
  },
  {
    title: 'they act in the order written',
    http: listed({ path: { addPrefix: '/1' } }, { path: { addPrefix: '/2' } }),
    upstream: { url: '/2/1/' },
  },
  {
    title: 'one that is disabled does nothing',
    http: listed({ isDisabled: true, direct: {} }),
    upstream: { url: '/' },
  },
  {
    title: 'PRE_AUTH plugins answer strangers',
    http: listed({ phase: 'PRE_AUTH', direct: { statusCode: 299 } }),
    spec: { isAnonymous: false },
    ask: { headers: { authorization: '' } },
    upstream: null,
    answer: { status: 299 },
  },
  {
    title: 'jsonSchema refuses with the answer that is configured, and only where it is triggered',
    http: {
      ...BUFFERED,
      ...listed({
        condition: { match: 'ctx.request.http.method == "POST"' },
        jsonSchema: { inline: SCHEMA, statusCode: 422, body: { inline: 'no' } },
      }),
    },
    ask: json({ n: 'x' }),
    upstream: null,
    answer: { status: 422, body: 'no' },
  },
  {
    title: 'and lets a GET through that has no body (in Octelium it is refused)',
    http: {
      ...BUFFERED,
      ...listed({ condition: { match: 'ctx.request.http.method == "POST"' }, jsonSchema: { inline: SCHEMA } }),
    },
    upstream: { url: '/' },
  },
  {
    title: 'rateLimit counts and refuses with 429, with Retry-After (in Octelium without)',
    http: listed({ rateLimit: { limit: 1, window: '1h', key: { eval: '"all"' } } }),
    ask: { path: '/?twice' },
    upstream: { url: '/?twice' },
    answer: { status: 429, 'retry-after': /^\d+$/ },
  },
  {
    title: 'cache keeps what may be kept and says so when asked',
    http: listed({ cache: { ttl: '1m', useXCacheHeader: true } }),
    ask: { path: '/?cacheable&twice' },
    answer: { status: 200, 'x-cache': 'HIT' },
  },
  {
    title: 'and keeps nothing of an answer with a cookie',
    http: listed({ cache: { ttl: '1m', useXCacheHeader: true } }),
    ask: { path: '/?cookie&twice' },
    answer: { status: 200, 'x-cache': 'MISS' },
  },
  {
    title: 'response.direct answers without an upstream',
    http: { response: { direct: { statusCode: 202, contentType: 'text/x', inline: 'ok' } } },
    upstream: null,
    answer: { status: 202, body: 'ok', 'content-type': 'text/x' },
  },
];

const RETRIES: readonly Behaviour[] = [
  {
    title: 'nothing is tried again unless it is asked for',
    http: {},
    ask: { path: '/fails/1' },
    answer: { status: 503 },
  },
  {
    title: '503 is tried again',
    http: { retry: { ...RETRY, maxRetries: 3 } },
    ask: { path: '/fails/2' },
    answer: { status: 200 },
  },
  {
    title: 'as often as it may be',
    http: { retry: { ...RETRY, maxRetries: 1 } },
    ask: { path: '/fails/2' },
    answer: { status: 503 },
  },
  {
    title: 'statuses that are listed are tried again beside those',
    http: { retry: { ...RETRY, statusCodes: [429] } },
    ask: { path: '/fails/1/429' },
    answer: { status: 200 },
  },
  { title: 'others are not', http: { retry: RETRY }, ask: { path: '/fails/1/500' }, answer: { status: 500 } },
  {
    title: 'unless all from 500 on are',
    http: { retry: { ...RETRY, retryOnServerErrors: true } },
    ask: { path: '/fails/1/500' },
    answer: { status: 200 },
  },
  {
    title: 'POST is not tried again unless it is listed (in Octelium it is)',
    http: { retry: RETRY },
    ask: { path: '/fails/1', method: 'POST', body: 'a' },
    answer: { status: 503 },
  },
  {
    title: 'POST that is listed is tried with its body',
    http: { enableRequestBuffering: true, retry: { ...RETRY, methods: ['POST'] } },
    ask: { path: '/fails/1', method: 'POST', body: 'a' },
    upstream: { body: 'a' },
    answer: { status: 200 },
  },
];

await describeBehaviours({
  '2.5 headers': HEADERS,
  '2.6 paths': PATHS,
  '2.7 CORS': CORS_CASES,
  '2.8 bodies': BODIES,
  '2.9 plugins': PLUGINS,
  '2.10 retries': RETRIES,
});
