import { type Case, get, HOST, head, passed, post } from '../case.ts';

/** RFC 9110 7.6.1: what belongs to one connection. */
const HOP = [
  'Keep-Alive: timeout=evil',
  'Proxy-Connection: evil',
  'Proxy-Authorization: evil',
  'Proxy-Authenticate: evil',
  'TE: trailers, evil',
  'TE: evil',
  'Trailer: evil',
  'Upgrade: evil',
  'Upgrade: evil/1.0, h2c',
  'HTTP2-Settings: evil',
  'Connection: evil',
  'Connection: Evil, X-Evil',
];

const NOMINATIONS = [
  'X-One',
  'x-one',
  'X-ONE',
  ' X-One ',
  'close, X-One',
  'X-One, close',
  'X-One,X-One',
  ',X-One,',
  ', ,X-One',
  'X-One\t',
  'keep-alive,X-One',
  'X-One, upgrade',
];

/** Nominated or not, these are not the client's to take away, and their meaning stays. */
const KEPT = ['Host', 'Content-Length', 'Transfer-Encoding', 'Content-Type', 'Cookie', 'X-Request-Id'];

export const HOP_BY_HOP: readonly Case[] = [
  ...HOP.map((field) => passed(`${field} ends here`, get(field), { line: 'GET /', without: 'evil' })),
  ...NOMINATIONS.map((value) =>
    passed(
      `Connection:${JSON.stringify(value)} takes X-One away`,
      get(`Connection:${value}`, 'X-One: evil', 'X-Two: kept'),
      {
        line: 'GET /',
        lacks: ['x-one'],
        has: { 'x-two': ['kept'] },
      },
    ),
  ),
  passed(
    'two Connection fields nominate',
    get('Connection: X-One', 'connection: X-Two', 'X-One: 1', 'X-Two: 2', 'X-Three: 3'),
    {
      line: 'GET /',
      lacks: ['x-one', 'x-two'],
      has: { 'x-three': ['3'] },
    },
  ),
  ...KEPT.map((name) =>
    passed(
      `a nomination of ${name} leaves the body where it is`,
      `${post('Connection: close', `Connection: ${name}`, 'Content-Length: 3')}abc`,
      {
        line: 'POST /',
        body: 'abc',
        has: { 'content-length': ['3'] },
      },
    ),
  ),
  passed(
    'a nomination of Transfer-Encoding leaves the chunks what they are',
    `${post('Connection: close, Transfer-Encoding', 'Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n`,
    { line: 'POST /', body: 'abc' },
  ),
  passed('HTTP/1.0 closes, whatever it asks for', head('GET / HTTP/1.0', `Host: ${HOST}`, 'Connection: keep-alive'), {
    line: 'GET /',
  }),
  passed('Connection: close in another case', get().replace('Connection: close', 'connection: CLOSE'), {
    line: 'GET /',
  }),
  passed('Connection: close among others', get().replace('Connection: close', 'Connection: X-A , close, X-B'), {
    line: 'GET /',
  }),
  passed('Connection: close and keep-alive', get('Connection: keep-alive'), { line: 'GET /' }),
];
