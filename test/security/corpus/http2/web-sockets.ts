import { END_HEADERS, END_STREAM, type Field, headersFrame } from '../../../support/http2-frames.ts';
import { SOCKETS } from '../case.ts';
import { type FrameCase, fieldsOf, type Pseudo, REFUSED } from './case.ts';

const VERSION: Field = ['sec-websocket-version', '13'];

/** RFC 8441 5: CONNECT with a protocol, and no end of the stream. */
function handshake(fields: readonly Field[], over: Pseudo = {}, flags = END_HEADERS): FrameCase['bytes'] {
  const pseudo = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': SOCKETS, ...over };
  return (scheme) => headersFrame(1, fieldsOf(scheme, fields, pseudo), flags);
}

const WRONG: Readonly<Record<string, FrameCase['bytes']>> = {
  'no version': handshake([]),
  'version 8': handshake([['sec-websocket-version', '8']]),
  'two versions': handshake([VERSION, ['sec-websocket-version', '8']]),
  'a POST': handshake([VERSION], { ':method': 'POST' }),
  'a GET': handshake([VERSION], { ':method': 'GET' }),
  'an empty protocol': handshake([VERSION], { ':protocol': '' }),
  'a list of protocols': handshake([VERSION], { ':protocol': 'websocket, h2c' }),
  'no path': handshake([VERSION], { ':path': null }),
  'no scheme': handshake([VERSION], { ':scheme': null }),
  'no authority': handshake([VERSION], { ':authority': null }),
  'another authority': handshake([VERSION], { ':authority': 'evil.example' }),
  'an origin that is another': handshake([VERSION, ['origin', 'https://evil.example']]),
  'a null origin': handshake([VERSION, ['origin', 'null']]),
  'an Upgrade field': handshake([VERSION, ['upgrade', 'websocket']]),
  'a Connection field': handshake([VERSION, ['connection', 'upgrade']]),
  'a path that needs an identity': handshake([VERSION], { ':path': '/admin' }),
  'a path that is malformed': handshake([VERSION], { ':path': '/ws%2f..' }),
};

export const WEB_SOCKETS: readonly FrameCase[] = [
  ...Object.entries(WRONG).map(([name, bytes]) => ({ name: `WebSocket, ${name}`, bytes, outcome: REFUSED })),
  {
    name: 'a WebSocket handshake opens a tunnel',
    bytes: handshake([VERSION, ['sec-websocket-key', 'evil'], ['sec-websocket-accept', 'evil']]),
    outcome: {
      kind: 'served',
      view: {
        line: `GET ${SOCKETS}`,
        has: { upgrade: ['websocket'], connection: ['upgrade'], 'sec-websocket-version': ['13'] },
        without: 'evil',
      },
    },
  },
  {
    name: 'a WebSocket handshake that is ended at once',
    bytes: handshake([VERSION], {}, END_HEADERS | END_STREAM),
    outcome: { kind: 'refused-or-served', view: { line: `GET ${SOCKETS}` } },
  },
];
