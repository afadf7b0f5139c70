import { type Case, get, HOST, head, INJECTED, passed, TRANSPARENT } from '../case.ts';

/** Names by which upstreams learn who asks, or where from (R24, R27). */
export const CLAIMS = [
  ...[
    'X-Ostiary-User',
    'X-Ostiary-Groups',
    'X-Ostiary-Email',
    'X-Ostiary-Jwt',
    'X-Ostiary-Auth',
    'X-Ostiary-Session',
    'X-Ostiary-Anything',
  ],
  ...[
    'X-Octelium-User',
    'X-Octelium-Session-Uid',
    'X-Octelium-Auth',
    'X-Request-Id',
    'X-Envoy-External-Address',
    'X-Envoy-Original-Path',
  ],
  ...[
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'X-Forwarded-Host',
    'X-Forwarded-Port',
    'X-Forwarded-Prefix',
    'X-Forwarded-Uri',
  ],
  ...[
    'X-Forwarded-Server',
    'X-Forwarded-Scheme',
    'X-Forwarded-Method',
    'X-Forwarded-Path',
    'X-Forwarded-By',
    'X-Forwarded-Ssl',
  ],
  ...[
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Preferred-Username',
    'X-Forwarded-Access-Token',
  ],
  ...[
    'X-Forwarded-Client-Cert',
    'X-Forwarded-Tls-Client-Cert',
    'X-Forwarded',
    'Forwarded',
    'Forwarded-For',
    'X-Real-IP',
    'True-Client-IP',
  ],
  ...[
    'X-Client-IP',
    'X-Cluster-Client-IP',
    'X-Original-URL',
    'X-Original-URI',
    'X-Original-Host',
    'X-Rewrite-URL',
    'Proxy',
  ],
  ...['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'Proxy-Authorization', 'Proxy-Connection'],
];

/** Some other case, and an underscore for each hyphen, for the first and for the last: CGI and WSGI see one name in all. */
export function spellings(name: string): string[] {
  const last = name.lastIndexOf('-');
  return [
    name,
    name.toLowerCase(),
    name.toUpperCase(),
    [...name].map((c, i) => (i % 2 === 0 ? c.toLowerCase() : c.toUpperCase())).join(''),
    name.replaceAll('-', '_'),
    name.replaceAll('-', '_').toLowerCase(),
    name.replace('-', '_'),
    last < 0 ? `${name}_` : `${name.slice(0, last)}_${name.slice(last + 1)}`,
  ];
}

const UNDERSCORES = [
  'X_Any',
  'x_any_thing',
  'REMOTE_USER',
  'HTTP_X_FORWARDED_FOR',
  'Content_Type',
  '_',
  '_x',
  'x_',
  'X-Half_Half',
  '__proto__',
];

const at = (path: string, ...fields: string[]): string => get(...fields).replace('GET / ', `GET ${path} `);

export const SPOOFING: readonly Case[] = [
  ...CLAIMS.map((name) =>
    passed(`${name} in every spelling`, get(...spellings(name).map((one) => `${one}: spoofed`), 'X-Kept: yes'), {
      line: 'GET /',
      without: 'spoofed',
      has: { 'x-kept': ['yes'] },
    }),
  ),
  ...CLAIMS.map((name) =>
    passed(`${name} behind a nomination`, get(`Connection: ${name}`, `${name}: spoofed`, `${name}: spoofed, too`), {
      line: 'GET /',
      without: 'spoofed',
    }),
  ),
  ...UNDERSCORES.map((name) =>
    passed(`${name} has an underscore`, get(`${name}: spoofed`), { line: 'GET /', without: 'spoofed' }),
  ),
  passed(
    'X-User in every spelling, where it is ours',
    at(INJECTED, ...spellings('X-User').map((one) => `${one}: spoofed`)),
    {
      line: `GET ${INJECTED}`,
      has: { 'x-user': ['ours'] },
      without: 'spoofed',
    },
  ),
  ...[
    'X-User',
    'x-user, authorization',
    'close, X-User',
    'Authorization',
    'X-Request-Id',
    'Host',
    'Content-Length',
    'Transfer-Encoding',
  ].map((nominated) =>
    passed(`a nomination of ${nominated} takes nothing of ours away`, at(INJECTED, `Connection: ${nominated}`), {
      line: `GET ${INJECTED}`,
      has: { 'x-user': ['ours'] },
    }),
  ),
  passed(
    'Authorization, where a credential is injected',
    at(INJECTED, 'Authorization: Bearer spoofed', 'authorization: Basic spoofed'),
    {
      line: `GET ${INJECTED}`,
      has: { authorization: ['ours'] },
    },
  ),
  passed(
    'X-Forwarded-For, where upstreams are told',
    at(TRANSPARENT, 'X-Forwarded-For: 203.0.113.9', 'X_Forwarded_For: 203.0.113.9'),
    {
      line: `GET ${TRANSPARENT}`,
      has: { 'x-forwarded-for': ['127.0.0.1'], 'x-real-ip': ['127.0.0.1'] },
    },
  ),
  passed(
    'X-Forwarded-Host and the rest, where upstreams are told',
    at(
      TRANSPARENT,
      'X-Forwarded-Host: evil',
      'X-Forwarded-Proto: evil',
      'Forwarded: for=evil',
      'X-Real-IP: evil',
      'X-Forwarded-Port: evil',
    ),
    { line: `GET ${TRANSPARENT}`, without: 'evil' },
  ),
  passed(
    'a session cookie of ours',
    get('Cookie: a=1; ostiary-session=spoofed; b=2', 'Cookie: __Host-ostiary-session=spoofed'),
    {
      line: 'GET /',
      without: 'spoofed',
      has: { cookie: ['a=1; b=2'] },
    },
  ),
  passed(
    'a token of ours',
    head('GET / HTTP/1.1', `Host: ${HOST}`, 'Authorization: Bearer ost_spoofed', 'Connection: close'),
    {
      line: 'GET /',
      without: 'spoofed',
    },
  ),
];
