import { type Case, get, HOST, head, passed, refused, SMUGGLED, SOCKETS } from '../case.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

interface Handshake {
  readonly line?: string;
  readonly connection?: string | null;
  readonly upgrade?: string | null;
  readonly key?: string | null;
  readonly version?: string | null;
  readonly more?: readonly string[];
}

/** A good handshake but for what is given; `null`: without the field. */
function handshake(given: Handshake = {}): string {
  const { line = `GET ${SOCKETS} HTTP/1.1`, more = [] } = given;
  const { connection = 'Upgrade', upgrade = 'websocket', key = KEY, version = '13' } = given;
  const fields = {
    Connection: connection,
    Upgrade: upgrade,
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': version,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return head(line, `Host: ${HOST}`, ...lines, ...more);
}

const NO_TUNNEL = [400, 403, 405, 426, 501];

const REFUSED = {
  h2c: { upgrade: 'h2c', more: ['HTTP2-Settings: AAMAAABkAAQAAP__'] },
  'h2c with its settings nominated': {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    more: ['HTTP2-Settings: AAMAAABk'],
  },
  H2C: { upgrade: 'H2C' },
  h2: { upgrade: 'h2' },
  'HTTP/2.0': { upgrade: 'HTTP/2.0' },
  'h2c before websocket': { upgrade: 'h2c, websocket' },
  'h2c behind websocket': { upgrade: 'websocket, h2c' },
  'h2c in a second field': { more: ['Upgrade: h2c'] },
  'TLS/1.2': { upgrade: 'TLS/1.2, HTTP/1.1' },
  tcp: { upgrade: 'tcp' },
  'connect-udp': { upgrade: 'connect-udp' },
  spdy: { upgrade: 'SPDY/3.1' },
  'websocket with a version': { upgrade: 'websocket/13' },
  'quoted websocket': { upgrade: '"websocket"' },
  'no key': { key: null },
  'an empty key': { key: '' },
  'a key that is too short': { key: 'c2hvcnQ=' },
  'a key that is too long': { key: 'dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==' },
  'a key that is no base64': { key: '!!!!!!!!!!!!!!!!!!!!!!==' },
  'two keys': { more: [`Sec-WebSocket-Key: ${KEY}`] },
  'no version': { version: null },
  'version 8': { version: '8' },
  'version 0': { version: '0' },
  'version 14': { version: '14' },
  'version 777': { version: '777' },
  'version x': { version: 'x' },
  'a list of versions': { version: '13, 8' },
  'two versions': { more: ['Sec-WebSocket-Version: 8'] },
  POST: { line: `POST ${SOCKETS} HTTP/1.1` },
  HEAD: { line: `HEAD ${SOCKETS} HTTP/1.1` },
  OPTIONS: { line: `OPTIONS ${SOCKETS} HTTP/1.1` },
  PUT: { line: `PUT ${SOCKETS} HTTP/1.1` },
  'HTTP/1.0': { line: `GET ${SOCKETS} HTTP/1.0` },
  'a Content-Length': { more: ['Content-Length: 5'] },
  chunks: { more: ['Transfer-Encoding: chunked'] },
  'an origin that is another': { more: ['Origin: https://evil.example'] },
  'an origin that begins alike': { more: [`Origin: http://${HOST}.evil.example`] },
  'a null origin': { more: ['Origin: null'] },
  'two origins': { more: [`Origin: http://${HOST}`, 'Origin: https://evil.example'] },
} as const satisfies Record<string, Handshake>;

/** They ask for nothing (RFC 9110 7.8), and nothing of them goes on. */
const NO_UPGRADE = {
  'Upgrade without its nomination': ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
  'a nomination without Upgrade': ['Connection: Upgrade'],
  'a nomination of Upgrade in a list, without it': ['Connection: keep-alive, Upgrade'],
  'HTTP2-Settings alone': ['HTTP2-Settings: AAMAAABkAAQAAP__'],
  'a WebSocket key alone': [`Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13'],
} as const;

const HANDSHAKE_FIELDS = ['upgrade', 'http2-settings', 'connection', 'sec-websocket-key', 'sec-websocket-version'];

export const UPGRADES: readonly Case[] = [
  ...Object.entries(REFUSED).map(([name, given]) => refused(`upgrade, ${name}`, handshake(given), NO_TUNNEL)),
  ...Object.entries(NO_UPGRADE).map(([name, fields]) =>
    passed(name, get(...fields), { line: 'GET /', lacks: HANDSHAKE_FIELDS }),
  ),
  {
    name: 'a WebSocket handshake opens a tunnel',
    bytes: handshake(),
    statuses: [],
    switches: true,
    seen: [
      {
        line: `GET ${SOCKETS}`,
        has: { upgrade: ['websocket'], 'sec-websocket-version': ['13'], 'http2-settings': [] },
      },
    ],
    ends: true,
  },
  {
    name: 'an upstream that declines the handshake opens no tunnel',
    bytes: handshake({ line: 'GET /declined HTTP/1.1' }) + SMUGGLED,
    statuses: [[200]],
    seen: [{ line: 'GET /declined' }],
    ends: true,
  },
  refused('a WebSocket where an identity is needed', handshake({ line: 'GET /admin HTTP/1.1' }), [401, 403]),
];
