import {
  dataFrame,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headersFrame,
  hpack,
  rstFrame,
  settingsFrame,
  windowUpdateFrame,
} from '../../../support/http2-frames.ts';
import { after, block, CLOSED, type FrameCase, fieldsOf, get, LEAVE, plain, REFUSED } from './case.ts';

const only =
  (...frames: readonly Buffer[]): FrameCase['bytes'] =>
  () =>
    Buffer.concat(frames);
const bytesOf = (...values: number[]): Buffer => Buffer.from(values);

/** RFC 9113 4 to 6: errors of the connection. */
const CONNECTION_ERRORS: Readonly<Record<string, FrameCase['bytes']>> = {
  'HEADERS on stream 0': only(frame(FRAME.headers, END_STREAM | END_HEADERS, 0, hpack([]))),
  'HEADERS on an even stream': (scheme) => headersFrame(2, fieldsOf(scheme)),
  'DATA on stream 0': only(dataFrame(0, 'abc')),
  'DATA on an idle stream': only(dataFrame(1, 'abc')),
  'RST_STREAM on stream 0': only(rstFrame(0)),
  'RST_STREAM on an idle stream': only(rstFrame(1)),
  'RST_STREAM of three bytes': only(frame(FRAME.rstStream, 0, 1, Buffer.alloc(3))),
  'SETTINGS on a stream': only(frame(FRAME.settings, 0, 1, Buffer.alloc(6))),
  'SETTINGS of five bytes': only(frame(FRAME.settings, 0, 0, Buffer.alloc(5))),
  'SETTINGS with an ACK and a payload': only(frame(FRAME.settings, 1, 0, Buffer.alloc(6))),
  'SETTINGS with ENABLE_PUSH of 2': only(settingsFrame([[2, 2]])),
  'SETTINGS with a window that is too large': only(settingsFrame([[4, 0x80000000]])),
  'SETTINGS with frames that are too small': only(settingsFrame([[5, 16_383]])),
  'SETTINGS with frames that are too large': only(settingsFrame([[5, 0x1000000]])),
  'PING on a stream': only(frame(FRAME.ping, 0, 1, Buffer.alloc(8))),
  'PING of seven bytes': only(frame(FRAME.ping, 0, 0, Buffer.alloc(7))),
  'PING of nine bytes': only(frame(FRAME.ping, 0, 0, Buffer.alloc(9))),
  'GOAWAY on a stream': only(frame(FRAME.goaway, 0, 1, Buffer.alloc(8))),
  'GOAWAY of seven bytes': only(frame(FRAME.goaway, 0, 0, Buffer.alloc(7))),
  'WINDOW_UPDATE of nothing': only(windowUpdateFrame(0, 0)),
  'WINDOW_UPDATE of three bytes': only(frame(FRAME.windowUpdate, 0, 0, Buffer.alloc(3))),
  'WINDOW_UPDATE that overflows': only(windowUpdateFrame(0, 0x7fffffff)),
  'WINDOW_UPDATE on an idle stream': only(windowUpdateFrame(1, 1)),
  PUSH_PROMISE: only(frame(FRAME.pushPromise, END_HEADERS, 1, bytesOf(0, 0, 0, 2))),
  'CONTINUATION alone': only(frame(FRAME.continuation, END_HEADERS, 1)),
  'CONTINUATION on stream 0': only(frame(FRAME.continuation, END_HEADERS, 0)),
  'CONTINUATION of another stream': only(
    frame(FRAME.headers, END_STREAM, 1),
    frame(FRAME.continuation, END_HEADERS, 3),
  ),
  'DATA before CONTINUATION': only(frame(FRAME.headers, 0, 1), dataFrame(1, 'abc')),
  'PING before CONTINUATION': only(frame(FRAME.headers, 0, 1), frame(FRAME.ping, 0, 0, Buffer.alloc(8))),
  'HEADERS before CONTINUATION': (scheme) =>
    Buffer.concat([frame(FRAME.headers, 0, 1), headersFrame(3, fieldsOf(scheme))]),
  'an unknown frame before CONTINUATION': only(frame(FRAME.headers, 0, 1), frame(0x42, 0, 0)),
  'a frame that is too large': only(frame(FRAME.data, 0, 1, Buffer.alloc(16_385))),
  'HEADERS that are too large': only(frame(FRAME.headers, END_HEADERS, 1, Buffer.alloc(16_385))),
  'a length of 16 MiB': only(bytesOf(0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1)),
  'padding that is too long': only(frame(FRAME.headers, 0x8 | END_HEADERS | END_STREAM, 1, bytesOf(9, 0x82))),
  'HEADERS without room for its padding': only(frame(FRAME.headers, 0x8 | END_HEADERS, 1)),
  'HEADERS without room for its priority': only(frame(FRAME.headers, 0x20 | END_HEADERS, 1, bytesOf(0, 0))),
  'a request of HTTP/1.1': only(Buffer.from('GET / HTTP/1.1\r\nHost: app.gate.localhost\r\n\r\n')),
  zeros: only(Buffer.alloc(64)),
};

/** RFC 7541: a block that cannot be read spoils the table for everything behind it. */
const BLOCKS: Readonly<Record<string, FrameCase['bytes']>> = {
  'index 0': block((scheme) => Buffer.concat([plain(scheme), bytesOf(0x80)])),
  'an index beyond the table': block((scheme) => Buffer.concat([plain(scheme), bytesOf(0xff, 0x80, 0x01)])),
  'an integer that never ends': block((scheme) =>
    Buffer.concat([plain(scheme), bytesOf(0xff, ...Array(20).fill(0xff))]),
  ),
  'a string beyond the block': block((scheme) => Buffer.concat([plain(scheme), bytesOf(0x00, 0x05, 0x61)])),
  'a string without a length': block((scheme) => Buffer.concat([plain(scheme), bytesOf(0x00)])),
  'a Huffman string with its end': block((scheme) =>
    Buffer.concat([plain(scheme), bytesOf(0x00, 0x01, 0x61, 0x84, 0xff, 0xff, 0xff, 0xff)]),
  ),
  'a Huffman string with wrong padding': block((scheme) =>
    Buffer.concat([plain(scheme), bytesOf(0x00, 0x01, 0x61, 0x81, 0x00)]),
  ),
  'a table that is too large': block((scheme) => Buffer.concat([bytesOf(0x3f, 0xff, 0xff, 0xff, 0x07), plain(scheme)])),
  'a table size behind fields': block((scheme) => Buffer.concat([plain(scheme), bytesOf(0x20)])),
};

/** Errors of the stream, or of the connection. */
const STREAM_ERRORS: Readonly<Record<string, FrameCase['bytes']>> = {
  'an empty block': only(frame(FRAME.headers, END_STREAM | END_HEADERS, 1)),
  'HEADERS that never end': (scheme) =>
    Buffer.concat([frame(FRAME.headers, END_STREAM, 1, plain(scheme)), frame(FRAME.ping, 0, 0, Buffer.alloc(8))]),
  'a flood of CONTINUATION': (scheme) =>
    Buffer.concat([
      frame(FRAME.headers, END_STREAM, 1, plain(scheme)),
      ...Array.from({ length: 200 }, (_, i) => frame(FRAME.continuation, 0, 1, hpack([[`x-${i}`, 'y'.repeat(1_000)]]))),
    ]),
  'a flood of empty CONTINUATION': (scheme) =>
    Buffer.concat([
      frame(FRAME.headers, END_STREAM, 1, plain(scheme)),
      ...Array.from({ length: 20_000 }, () => frame(FRAME.continuation, 0, 1)),
    ]),
};

/** RFC 9113 5.1.1 and 6.3 ask for the end of the connection; nghttp2 takes no notice of them, and serves nothing. */
const IGNORED: Readonly<Record<string, FrameCase['bytes']>> = {
  'HEADERS on a stream that is behind': (scheme) =>
    Buffer.concat([
      headersFrame(5, fieldsOf(scheme, [], { ':path': '/admin' })),
      headersFrame(3, fieldsOf(scheme)),
      LEAVE,
    ]),
  'PRIORITY on stream 0': only(frame(FRAME.priority, 0, 0, Buffer.alloc(5)), LEAVE),
};

const served: FrameCase['outcome'] = { kind: 'served', view: { line: 'GET /' } };

/** RFC 9113 4.1, 5.5 and 6.2: what has to be borne. */
const BORNE: Readonly<Record<string, FrameCase['bytes']>> = {
  'an unknown frame': (scheme) => Buffer.concat([frame(0x42, 0xff, 0, Buffer.alloc(9)), get()(scheme)]),
  'an unknown frame on a stream': (scheme) => Buffer.concat([frame(0x42, 0xff, 1, Buffer.alloc(9)), get()(scheme)]),
  'unknown settings': (scheme) => Buffer.concat([settingsFrame([[0x99, 7]]), get()(scheme)]),
  'unknown flags': (scheme) => frame(FRAME.headers, END_STREAM | END_HEADERS | 0xc2, 1, plain(scheme)),
  'the reserved bit of a stream': (scheme) => frame(FRAME.headers, END_STREAM | END_HEADERS, 0x80000001, plain(scheme)),
  PING: (scheme) => Buffer.concat([frame(FRAME.ping, 0, 0, Buffer.alloc(8)), get()(scheme)]),
  PRIORITY: (scheme) => Buffer.concat([frame(FRAME.priority, 0, 1, Buffer.alloc(5)), get()(scheme)]),
  'a stream with a higher number': (scheme) =>
    Buffer.concat([frame(FRAME.priority, 0, 9, Buffer.alloc(5)), get()(scheme)]),
  CONTINUATION: (scheme) => {
    const whole = plain(scheme);
    return Buffer.concat([
      frame(FRAME.headers, END_STREAM, 1, whole.subarray(0, 7)),
      frame(FRAME.continuation, 0, 1, whole.subarray(7, 20)),
      frame(FRAME.continuation, 0, 1),
      frame(FRAME.continuation, END_HEADERS, 1, whole.subarray(20)),
    ]);
  },
  'padded HEADERS': (scheme) =>
    frame(
      FRAME.headers,
      0x8 | END_STREAM | END_HEADERS,
      1,
      Buffer.concat([bytesOf(7), plain(scheme), Buffer.alloc(7)]),
    ),
  'HEADERS with a priority': (scheme) =>
    frame(FRAME.headers, 0x20 | END_STREAM | END_HEADERS, 1, Buffer.concat([bytesOf(0, 0, 0, 0, 15), plain(scheme)])),
  'a table of size 0': block((scheme) => Buffer.concat([bytesOf(0x20), plain(scheme)])),
  'WINDOW_UPDATE behind a request': after(windowUpdateFrame(1, 1_000), windowUpdateFrame(0, 1_000)),
};

export const FRAMES: readonly FrameCase[] = [
  ...Object.entries(CONNECTION_ERRORS).map(([name, bytes]) => ({ name, bytes, outcome: CLOSED })),
  ...Object.entries(BLOCKS).map(([name, bytes]) => ({ name: `block, ${name}`, bytes, outcome: CLOSED })),
  ...Object.entries(IGNORED).map(([name, bytes]) => ({ name, bytes, outcome: CLOSED })),
  ...Object.entries(STREAM_ERRORS).map(([name, bytes]) => ({ name, bytes, outcome: REFUSED })),
  ...Object.entries(BORNE).map(([name, bytes]) => ({ name: `${name} is borne`, bytes, outcome: served })),
];
