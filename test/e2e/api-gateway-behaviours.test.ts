import { type Behaviour, describeBehaviours, listed } from '../support/behaviours.ts';

// What an API team expects of a gateway, as the catalogue of APIcast has it (the inventory, part 3), with our plugins.

const ORIGIN = 'https://app.example.com';
const only = (match: string) => ({ condition: { match } });
const get = (path: string) => ({ path });
const rewritten = (title: string, from: string, to: string, ...plugins: readonly object[]): Behaviour => ({
  title,
  http: listed(...plugins),
  ask: get(from),
  upstream: { url: to },
});

const URLS: readonly Behaviour[] = [
  rewritten('the first match is replaced', '/a/a', '/b/a', { path: { regex: { pattern: 'a', replacement: 'b' } } }),
  rewritten('or every match', '/a/a', '/b/b', { path: { regex: { pattern: 'a', replacement: 'b', all: true } } }),
  rewritten('captures of a match', '/users/7/posts', '/posts/of/7', {
    path: { regex: { pattern: '^/users/([0-9]+)/posts$', replacement: '/posts/of/$1' } },
  }),
  rewritten(
    'commands act one after the other',
    '/a',
    '/c',
    ...['ab', 'bc'].map(([from, to]) => ({
      path: { regex: { pattern: from!, replacement: to! } },
    })),
  ),
  rewritten(
    'the first of several rules that match, by their conditions',
    '/old/x',
    '/one/old/x',
    { ...only('ctx.request.http.path.startsWith("/old")'), path: { addPrefix: '/one' } },
    { ...only('ctx.request.http.path.startsWith("/new")'), path: { addPrefix: '/two' } },
  ),
  rewritten('by method', '/x', '/x', { ...only('ctx.request.http.method == "POST"'), path: { addPrefix: '/posted' } }),
];

const change = (op: string, more: object = { value: 'new' }) => ({ query: { changes: [{ op, key: 'a', ...more }] } });
const QUERY: readonly Behaviour[] = [
  rewritten('set replaces', '/?a=1&a=2&b=3', '/?a=new&b=3', change('SET')),
  rewritten('set makes', '/?b=3', '/?b=3&a=new', change('SET')),
  rewritten('add makes one where there is none', '/?b=3', '/?b=3&a=new', change('ADD')),
  rewritten('add leaves what is there', '/?a=1', '/?a=1', change('ADD')),
  rewritten('push puts one more', '/?a=1', '/?a=1&a=new', change('PUSH')),
  rewritten('delete', '/?a=1&b=2&a=3', '/?b=2', change('DELETE', {})),
  rewritten('computed', '/?b=2', '/?b=2&a=GET', change('SET', { eval: 'ctx.request.http.method' })),
  rewritten(
    'nobody adds a parameter by a value',
    '/?b=2',
    '/?b=2&a=x%26admin%3D1',
    change('SET', { value: 'x&admin=1' }),
  ),
];

const header = (op: string, more: object = { value: 'new' }) => ({
  headers: { request: [{ op, key: 'X-A', ...more }] },
});
const sent = { headers: { 'x-a': 'old' } };
const HEADERS: readonly Behaviour[] = [
  { title: 'set replaces', http: listed(header('SET')), ask: sent, upstream: { 'x-a': 'new' } },
  { title: 'set makes', http: listed(header('SET')), upstream: { 'x-a': 'new' } },
  { title: 'append puts one more', http: listed(header('APPEND')), ask: sent, upstream: { 'x-a': 'old, new' } },
  { title: 'append where one is', http: listed(header('APPEND_IF_PRESENT')), upstream: { 'x-a': undefined } },
  { title: 'add where none is', http: listed(header('ADD')), ask: sent, upstream: { 'x-a': 'old' } },
  { title: 'remove', http: listed(header('REMOVE', {})), ask: sent, upstream: { 'x-a': undefined } },
  {
    title: 'of answers too',
    http: listed({ headers: { response: [{ op: 'SET', key: 'X-Upstream', value: '2' }] } }),
    answer: { 'x-upstream': '2' },
  },
];

const limited = (rateLimit: object): object => listed({ rateLimit: { key: { perAddress: true }, ...rateLimit } });
const LIMITS: readonly Behaviour[] = [
  ...['fixed-window', 'sliding-window'].map((algorithm) => ({
    title: `${algorithm}: one more than the limit is refused, and told when to come again`,
    http: { ...limited({ algorithm, limit: 1, window: '1h' }) },
    ask: get('/?twice'),
    answer: { status: 429, 'retry-after': /^\d+$/ },
  })),
  ...[
    { algorithm: 'token-bucket', burst: 1 },
    { algorithm: 'leaky-bucket', burst: 0 },
  ].map(({ algorithm, burst }) => ({
    title: `${algorithm}: what is beyond the rate and the burst is refused`,
    http: { ...limited({ algorithm, limit: 1, window: '1h', burst }) },
    ask: get('/?twice'),
    answer: { status: 429 },
  })),
  {
    title: 'requests that are counted by different headers do not count together',
    http: listed({ rateLimit: { limit: 1, window: '1h', key: { eval: 'ctx.request.http.path' } } }),
    ask: get('/once'),
    answer: { status: 200 },
  },
  {
    title: 'a request one after the other is no two at once',
    http: { ...limited({ algorithm: 'concurrency', limit: 1 }) },
    ask: get('/?twice'),
    answer: { status: 200 },
  },
  {
    title: 'a quota of a day',
    http: listed({ quota: { limit: 1, per: 'day', key: { perAddress: true } } }),
    ask: get('/?twice'),
    answer: { status: 429 },
  },
  {
    title: 'with an answer of its own',
    http: { ...limited({ limit: 1, window: '1h', statusCode: 503, body: { inline: 'later' } }) },
    ask: get('/?twice'),
    answer: { status: 503, body: 'later' },
  },
];

const refuses = (title: string, plugin: object, ask: object, status: number): Behaviour => ({
  title,
  http: listed(plugin),
  ask,
  upstream: null,
  answer: { status },
});
const passes = (title: string, plugin: object, ask: object): Behaviour => ({
  title,
  http: listed(plugin),
  ask,
  upstream: { url: '/' },
  answer: { status: 200 },
});
const agent = (text: string) => ({ headers: { 'user-agent': text } });
const from = (text: string) => ({ headers: { referer: text } });
const GUARDS: readonly Behaviour[] = [
  refuses('an address that is denied', { ipRestriction: { deny: ['127.0.0.0/8'] } }, {}, 403),
  refuses('one that is not allowed', { ipRestriction: { allow: ['10.0.0.0/8', '2001:db8::/32'] } }, {}, 403),
  passes('one that is allowed', { ipRestriction: { allow: ['127.0.0.1'] } }, {}),
  refuses(
    'nobody is another address by a header',
    { ipRestriction: { allow: ['10.0.0.0/8'] } },
    { headers: { 'x-forwarded-for': '10.0.0.1', 'x-real-ip': '10.0.0.1' } },
    403,
  ),
  refuses('a program that is denied', { userAgent: { deny: ['(?i)badbot'] } }, agent('BadBot/1'), 403),
  passes('another one', { userAgent: { deny: ['(?i)badbot'] } }, agent('GoodBot/1')),
  refuses('a page that is not allowed', { referrer: { allow: ['example.com'] } }, from('https://evil.example/'), 403),
  passes('a page that is', { referrer: { allow: ['*.example.com'] } }, from('https://a.example.com/x')),
  refuses('a body that is too large', { requestSize: { maxBytes: 4 } }, { method: 'POST', body: '12345' }, 413),
  passes('one that is not', { requestSize: { maxBytes: 4 } }, { method: 'POST', body: '1234' }),
  refuses('maintenance', { maintenance: { message: 'soon', retryAfter: '60s' } }, {}, 503),
];

const ANSWERS: readonly Behaviour[] = [
  {
    title: 'a redirect keeps path and query when asked',
    http: listed({
      redirect: { location: 'https://new.example.com', keepPath: true, keepQuery: true, statusCode: 308 },
    }),
    ask: get('/a?b=c'),
    upstream: null,
    answer: { status: 308, location: 'https://new.example.com/a?b=c' },
  },
  {
    title: 'CORS by a list of origins',
    http: { cors: { allowOriginStringMatch: [ORIGIN], allowMethods: 'GET', maxAge: '600' } },
    ask: { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'GET' } },
    upstream: null,
    answer: { status: 204, 'access-control-allow-methods': 'GET', 'access-control-max-age': '600', vary: /Origin/ },
  },
  {
    title: 'an upstream is asked once for two who ask for the same',
    http: listed({ cache: { useXCacheHeader: true } }),
    ask: get('/?cacheable&twice'),
    answer: { 'x-cache': 'HIT', age: /^\d+$/ },
  },
  {
    title: 'an API key that is missing',
    http: listed({ phase: 'PRE_AUTH', apiKey: { header: 'X-Api-Key' } }),
    spec: { isAnonymous: false },
    ask: { headers: { authorization: '' } },
    upstream: null,
    answer: { status: 401 },
  },
  {
    title: 'an API key that is good is not passed on',
    http: listed({ phase: 'PRE_AUTH', apiKey: { header: 'X-Api-Key' } }),
    spec: { isAnonymous: false },
    ask: { headers: { authorization: '', 'x-api-key': 'TOKEN' } },
    upstream: { 'x-api-key': undefined },
    answer: { status: 200 },
  },
];

await describeBehaviours({
  'rewriting URLs': URLS,
  'query arguments': QUERY,
  'header modification': HEADERS,
  'edge limits': LIMITS,
  'who may ask': GUARDS,
  answers: ANSWERS,
});
