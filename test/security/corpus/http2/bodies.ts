import {
  dataFrame,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headersFrame,
  rstFrame,
} from '../../../support/http2-frames.ts';
import { SMUGGLED } from '../case.ts';
import { END, type FrameCase, LEAVE, post, REFUSED, TRAILERS } from './case.ts';

const padded = (data: string, padding: number): Buffer =>
  frame(FRAME.data, 0x8 | END_STREAM, 1, Buffer.concat([Buffer.of(padding), Buffer.from(data), Buffer.alloc(padding)]));

/** RFC 9113 8.1.1: what differs from its length is malformed, and never looks complete (CVE-2021-21295). */
const WRONG: Readonly<Record<string, FrameCase['bytes']>> = {
  'less than its length': post([['content-length', '5']], END('abc')),
  'more than its length': post([['content-length', '2']], END('abc')),
  'a request behind a length of 0': post([['content-length', '0']], END(SMUGGLED)),
  'a request behind its length': post([['content-length', '3']], dataFrame(1, 'abc'), END(SMUGGLED)),
  'trailers before its length': post([['content-length', '5']], dataFrame(1, 'abc'), TRAILERS([['x', 'y']])),
  'an empty end before its length': post([['content-length', '5']], END('')),
  'a reset in the middle': post([['content-length', '5']], dataFrame(1, 'abc'), rstFrame(1), LEAVE),
  'a reset instead of its end': post([['content-length', '3']], dataFrame(1, 'abc'), rstFrame(1), LEAVE),
  'trailers with a pseudo field': post([], dataFrame(1, 'abc'), TRAILERS([[':path', '/admin']])),
  'trailers with a status': post([], dataFrame(1, 'abc'), TRAILERS([[':status', '200']])),
  'trailers with connection': post([], dataFrame(1, 'abc'), TRAILERS([['connection', 'close']])),
  'trailers with transfer-encoding': post([], dataFrame(1, 'abc'), TRAILERS([['transfer-encoding', 'chunked']])),
  'trailers with an upper-case name': post([], dataFrame(1, 'abc'), TRAILERS([['X', 'y']])),
  'trailers that do not end the stream': post([], dataFrame(1, 'abc'), headersFrame(1, [['x', 'y']], END_HEADERS)),
  'padding that is too long': post([], frame(FRAME.data, 0x8 | END_STREAM, 1, Buffer.from([9, 0x61]))),
  'padding alone that is too long': post([], frame(FRAME.data, 0x8 | END_STREAM, 1, Buffer.from([1]))),
};

/** They reach the upstream as one message of HTTP/1.1. */
const WHOLE: Readonly<Record<string, FrameCase['bytes']>> = {
  'one frame': post([], END('abc')),
  'three frames': post([], dataFrame(1, 'a'), dataFrame(1, 'b'), END('c')),
  'empty frames': post([], dataFrame(1, ''), dataFrame(1, 'abc'), dataFrame(1, ''), END('')),
  'a length that fits': post([['content-length', '3']], END('abc')),
  'a length in two frames': post([['content-length', '3']], dataFrame(1, 'a'), END('bc')),
  padding: post([], padded('abc', 10)),
  'trailers, which are dropped': post(
    [],
    dataFrame(1, 'abc'),
    TRAILERS([
      ['x-evil', 'evil'],
      ['x-ostiary-user', 'evil'],
    ]),
  ),
  'trailers with a Content-Length, which is dropped': post([], dataFrame(1, 'abc'), TRAILERS([['x-evil', 'evil']])),
  '100-continue': post([['expect', '100-continue']], END('abc')),
};

export const BODIES: readonly FrameCase[] = [
  ...Object.entries(WRONG).map(([name, bytes]) => ({ name: `body, ${name}`, bytes, outcome: REFUSED })),
  ...Object.entries(WHOLE).map(
    ([name, bytes]): FrameCase => ({
      name: `body, ${name}`,
      bytes,
      outcome: { kind: 'served', view: { line: 'POST /', body: 'abc', without: 'evil', lacks: ['expect'] } },
    }),
  ),
  {
    name: 'body, a request inside',
    bytes: post([], END(SMUGGLED)),
    outcome: { kind: 'served', view: { line: 'POST /', body: SMUGGLED } },
  },
  {
    name: 'body, chunks inside',
    bytes: post([], END('0\r\n\r\n')),
    outcome: { kind: 'served', view: { line: 'POST /', body: '0\r\n\r\n' } },
  },
];
