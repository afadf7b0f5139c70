import type { Field } from '../../../support/http2-frames.ts';
import { headersFrame } from '../../../support/http2-frames.ts';
import { HOST, INJECTED, octetName, octets } from '../case.ts';
import { MALFORMED_HOSTS, OTHER_HOSTS } from '../cases/hosts.ts';
import { SPELLINGS } from '../cases/paths.ts';
import { CLAIMS, spellings } from '../cases/spoofing.ts';
import { type FrameCase, fieldsOf, get, type Pseudo, REFUSED } from './case.ts';

/** RFC 9113 8.3: malformed as a whole. */
const PSEUDO: Readonly<Record<string, Pseudo>> = {
  'no method': { ':method': null },
  'no scheme': { ':scheme': null },
  'no path': { ':path': null },
  'no authority': { ':authority': null },
  'an empty method': { ':method': '' },
  'an empty scheme': { ':scheme': '' },
  'an empty path': { ':path': '' },
  'an empty authority': { ':authority': '' },
  'a lower-case method': { ':method': 'get' },
  'a method with a blank': { ':method': 'GET /admin' },
  'a method with a request line': { ':method': 'GET /admin HTTP/1.1\r\nHost: x' },
  'a method with a colon': { ':method': 'GET:' },
  CONNECT: { ':method': 'CONNECT' },
  'CONNECT without path and scheme': { ':method': 'CONNECT', ':path': null, ':scheme': null },
  'CONNECT to another host': { ':method': 'CONNECT', ':path': null, ':scheme': null, ':authority': 'evil.example:443' },
  TRACE: { ':method': 'TRACE' },
  'a path without a slash': { ':path': 'admin' },
  'a path that is a URL': { ':path': `http://${HOST}/` },
  'a path with a request line': { ':path': '/ HTTP/1.1\r\nHost: x\r\nX: ' },
  'a path with a blank': { ':path': '/a b' },
  'a path with a tab': { ':path': '/a\tb' },
  'a path with a NUL': { ':path': '/a\0b' },
  'a path with a CR': { ':path': '/a\rb' },
  'a path with an LF': { ':path': '/a\nb' },
  'a path with a fragment': { ':path': '/a#b' },
  'a path with a backslash': { ':path': '/a\\b' },
  'a path above ASCII': { ':path': '/a\xe9' },
  'an asterisk as path': { ':path': '*' },
  'a scheme with a URL': { ':scheme': 'http://evil.example/' },
  'a scheme with a line break': { ':scheme': 'http\r\nX: y' },
  'another scheme': { ':scheme': 'ftp' },
  'an unknown pseudo field': { ':admin': 'yes' },
  'a pseudo field of answers': { ':status': '200' },
  'a protocol without CONNECT': { ':protocol': 'websocket' },
  'an unknown protocol': { ':method': 'CONNECT', ':protocol': 'connect-udp' },
  'h2c as protocol': { ':method': 'CONNECT', ':protocol': 'h2c' },
  'a pseudo field in upper case': { ':Path': '/admin' },
  'an empty pseudo field': { ':': 'x' },
};

/** RFC 9113 8.2.2 and 8.2.3, and what HTTP/1.1 would read there (H2.TE, H2.CL). */
const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  connection: [['connection', 'close']],
  'connection that nominates': [['connection', 'x-user']],
  'keep-alive': [['keep-alive', 'timeout=5']],
  'proxy-connection': [['proxy-connection', 'keep-alive']],
  'transfer-encoding': [['transfer-encoding', 'chunked']],
  'transfer-encoding identity': [['transfer-encoding', 'identity']],
  upgrade: [['upgrade', 'h2c']],
  'te with gzip': [['te', 'gzip']],
  'te with more': [['te', 'trailers, gzip']],
  'an upper-case name': [['X-Upper', 'y']],
  'a second path': [[':path', '/admin']],
  'a second method': [[':method', 'POST']],
  'a second authority': [[':authority', 'evil.example']],
  'a second scheme': [[':scheme', 'https']],
  'two hosts': [
    ['host', HOST],
    ['host', 'evil.example'],
  ],
  'another host': [['host', 'evil.example']],
  'an empty host': [['host', '']],
  'a host with a port': [['host', `${HOST}:81`]],
  'a Content-Length without a body': [['content-length', '5']],
  'a Content-Length that is no number': [['content-length', 'x']],
  'a signed Content-Length': [['content-length', '+0']],
  'an empty Content-Length': [['content-length', '']],
  'two Content-Lengths': [
    ['content-length', '0'],
    ['content-length', '0'],
  ],
  'a list as Content-Length': [['content-length', '0, 0']],
  'an unknown expectation': [['expect', 'x']],
  '101 fields': Array.from({ length: 101 }, (_, i): Field => [`x-${i}`, 'y']),
  '200 crumbs of a cookie': Array.from({ length: 200 }, (): Field => ['cookie', 'a=b']),
  'fields of 40000 octets': Array.from({ length: 10 }, (): Field => ['x-large', 'y'.repeat(4_000)]),
};

/** Names and values that no field may have: refused, or gone. */
const BAD_OCTETS = [...octets(0x00, 0x08), ...octets(0x0a, 0x1f), 0x7f];
const NAME_OCTETS = [...BAD_OCTETS, 0x20, 0x09, ...[...'"(),/;<=>?@[\\]{}:'].map((c) => c.charCodeAt(0)), 0x80, 0xff];
const WITHOUT = { line: 'GET /', without: 'evil' };

const lower = (names: readonly string[]): string[] => [...new Set(names.map((name) => name.toLowerCase()))];

export const HEADS: readonly FrameCase[] = [
  ...Object.entries(PSEUDO).map(([name, over]) => ({ name, bytes: get([], over), outcome: REFUSED })),
  ...Object.entries(FIELDS).map(([name, fields]) => ({ name, bytes: get(fields), outcome: REFUSED })),
  {
    name: 'a pseudo field behind the others',
    bytes: (scheme) =>
      headersFrame(1, [
        [':method', 'GET'],
        [':scheme', scheme],
        ['x-first', 'y'],
        [':authority', HOST],
        [':path', '/'],
      ]),
    outcome: REFUSED,
  },
  ...BAD_OCTETS.map(
    (octet): FrameCase => ({
      name: `value with ${octetName(octet)}`,
      bytes: get([['x-bad', `evil${String.fromCharCode(octet)}x-injected: evil`]]),
      outcome: { kind: 'refused-or-served', view: WITHOUT },
    }),
  ),
  ...NAME_OCTETS.map(
    (octet): FrameCase => ({
      name: `name with ${octetName(octet)}`,
      bytes: get([[`x${String.fromCharCode(octet)}y`, 'evil']]),
      outcome: { kind: 'refused-or-served', view: WITHOUT },
    }),
  ),
  ...SPELLINGS.map(
    (spelling): FrameCase => ({
      name: `protected path as ${spelling}`,
      bytes: get([], { ':path': spelling }),
      outcome: { kind: 'unprotected' },
    }),
  ),
  ...[...MALFORMED_HOSTS, ...OTHER_HOSTS].map(
    (host): FrameCase => ({
      name: `authority ${JSON.stringify(host)}`,
      bytes: get([], { ':authority': host }),
      outcome: REFUSED,
    }),
  ),
  ...MALFORMED_HOSTS.map(
    (host): FrameCase => ({
      name: `host ${JSON.stringify(host)} without an authority`,
      bytes: get([['host', host]], { ':authority': null }),
      outcome: REFUSED,
    }),
  ),
  ...CLAIMS.filter((name) => name !== 'Proxy-Connection').map(
    (name): FrameCase => ({
      name: `${name} in every spelling`,
      bytes: get(lower(spellings(name)).map((one): Field => [one, 'evil'])),
      outcome: { kind: 'served', view: WITHOUT },
    }),
  ),
  {
    name: 'X-User where it is ours',
    bytes: get(
      lower(spellings('X-User')).map((one): Field => [one, 'evil']),
      { ':path': INJECTED },
    ),
    outcome: { kind: 'served', view: { line: `GET ${INJECTED}`, has: { 'x-user': ['ours'] }, without: 'evil' } },
  },
];

/** What is in order, and as the upstream sees it over HTTP/1.1. */
export const GOOD_HEADS: readonly FrameCase[] = [
  ...Object.entries({ '/a?b=c': '/a?b=c', '/%61//b/../c': '/a/c', '//evil': '/evil', '/?': '/' }).map(
    ([path, seen]): FrameCase => ({
      name: `path ${path}`,
      bytes: get([], { ':path': path }),
      outcome: { kind: 'served', view: { line: `GET ${seen}` } },
    }),
  ),
  {
    name: 'a host that says the same',
    bytes: get([['host', HOST.toUpperCase()]]),
    outcome: { kind: 'served', view: { line: 'GET /' } },
  },
  {
    name: 'a host alone',
    bytes: get([['host', HOST]], { ':authority': null }),
    outcome: { kind: 'served', view: { line: 'GET /' } },
  },
  {
    name: 'te trailers',
    bytes: get([['te', 'trailers']]),
    outcome: { kind: 'served', view: { line: 'GET /', lacks: ['te'] } },
  },
  {
    name: 'crumbs of a cookie',
    bytes: get([
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ]),
    outcome: { kind: 'served', view: { line: 'GET /', has: { cookie: ['a=1; b=2'] } } },
  },
  {
    name: 'values above ASCII',
    bytes: get([['x-value', '\xe4\xff']]),
    outcome: { kind: 'served', view: { line: 'GET /', has: { 'x-value': ['\xe4\xff'] } } },
  },
  { name: 'a protected path', bytes: get([], { ':path': '/admin' }), outcome: { kind: 'answered', statuses: [401] } },
  {
    name: 'HEAD',
    bytes: (scheme) => headersFrame(1, fieldsOf(scheme, [], { ':method': 'HEAD' })),
    outcome: { kind: 'served', view: { line: 'HEAD /' } },
  },
];
