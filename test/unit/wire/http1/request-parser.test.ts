import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BAD_LENGTH, NO_LENGTH } from '../../../../src/wire/http1/framing-facts.ts';
import { HeadReader } from '../../../../src/wire/http1/head-reader.ts';
import { nextHash } from '../../../../src/wire/http1/known-names.ts';
import {
  HEAD_TOO_LARGE,
  INCOMPLETE,
  MALFORMED,
  TARGET_TOO_LONG,
  TOO_MANY_FIELDS,
} from '../../../../src/wire/http1/parse-result.ts';
import { RequestParser } from '../../../../src/wire/http1/request-parser.ts';

const LIMITS = { headBytes: 1024, headerFields: 8, targetBytes: 256 };

interface Read {
  readonly code: number;
  readonly method: string;
  readonly target: string;
  readonly minorVersion: number;
  readonly fields: readonly string[];
  readonly facts: object;
}

/** Reads `text`, cut into pieces of `size` bytes. `code` is the place behind the head, or why there is none. */
function read(text: string, size = text.length): Read {
  const parser = new RequestParser(LIMITS);
  const reader = new HeadReader(parser);
  const bytes = Buffer.from(text, 'latin1');
  let code = INCOMPLETE;
  for (let from = 0; from < bytes.length && code === INCOMPLETE; from += size) {
    code = reader.read(bytes, from, Math.min(from + size, bytes.length));
  }
  const { method, target, minorVersion, fields, facts } = parser;
  return { code, method, target, minorVersion, fields, facts: { ...facts } };
}

const GET = 'GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nX-Own-Name:  v 1\t \r\nX-Empty:\r\n\r\n';

test('a head is read into its parts, and what follows it is left alone', () => {
  const { code, method, target, minorVersion, fields } = read(`${GET}GET /next`);
  assert.equal(code, GET.length);
  assert.deepEqual([method, target, minorVersion], ['GET', '/a?b=c', 1]);
  assert.deepEqual(fields, ['host', 'a.example', 'x-own-name', 'v 1', 'x-empty', '']);
});

test('octets above ASCII are kept in values as latin1', () => {
  assert.deepEqual(read('GET / HTTP/1.0\r\nX: \xe4\xff\r\n\r\n').fields, ['x', '\xe4\xff']);
});

test('one empty line before a request line is forgiven, two are not', () => {
  assert.equal(read(`\r\n${GET}`).code, GET.length + 2);
  assert.equal(read(`\r\n\r\n${GET}`).code, MALFORMED);
});

const MALFORMED_HEADS: readonly string[] = [
  'GET / HTTP/1.1\n\n',
  'GET / HTTP/1.1\r\nA: b\n\r\n',
  'GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n',
  'GET / HTTP/1.1\r\nA: b\r\r\n\r\n',
  'GET / HTTP/1.1\r\n A: b\r\n\r\n',
  'GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n',
  'GET / HTTP/1.1\r\nA : b\r\n\r\n',
  'GET / HTTP/1.1\r\nA\t: b\r\n\r\n',
  'GET / HTTP/1.1\r\n: b\r\n\r\n',
  'GET / HTTP/1.1\r\nA\r\n\r\n',
  'GET / HTTP/1.1\r\nA b: c\r\n\r\n',
  'GET / HTTP/1.1\r\nA\xe4: c\r\n\r\n',
  'GET / HTTP/1.1\r\nA: \x00\r\n\r\n',
  'GET / HTTP/1.1\r\nA: \x0b\r\n\r\n',
  'GET / HTTP/1.1\r\nA: \x7f\r\n\r\n',
  'GET  / HTTP/1.1\r\n\r\n',
  'GET /  HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1 \r\n\r\n',
  'GET\t/ HTTP/1.1\r\n\r\n',
  ' GET / HTTP/1.1\r\n\r\n',
  'GET /\r\n\r\n',
  'GET / HTTP/1.2\r\n\r\n',
  'GET / HTTP/2.0\r\n\r\n',
  'GET / HTTP/1.10\r\n\r\n',
  'GET / http/1.1\r\n\r\n',
  'GET / HTTP/11\r\n\r\n',
  'GET /\x00 HTTP/1.1\r\n\r\n',
  'GET /\x7f HTTP/1.1\r\n\r\n',
  'get / HTTP/1.1\r\n\r\n',
  'G(T / HTTP/1.1\r\n\r\n',
  `${'A'.repeat(33)} / HTTP/1.1\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\r\n\r\n',
];

for (const head of MALFORMED_HEADS) {
  test(`malformed, in one piece and a byte at a time: ${JSON.stringify(head)}`, () => {
    assert.equal(read(head).code, MALFORMED);
    assert.equal(read(head, 1).code, MALFORMED);
  });
}

test('each limit has a result of its own', () => {
  const fields = 'A: b\r\n'.repeat(9);
  for (const size of [100_000, 7, 1]) {
    assert.equal(read(`GET /${'a'.repeat(256)} HTTP/1.1\r\n\r\n`, size).code, TARGET_TOO_LONG);
    assert.equal(read(`GET /${'a'.repeat(2000)}`, size).code, TARGET_TOO_LONG);
    assert.equal(read(`GET / HTTP/1.1\r\nA: ${'a'.repeat(2000)}`, size).code, HEAD_TOO_LARGE);
    assert.equal(read(`GET / HTTP/1.1\r\n${fields}\r\n`, size).code, TOO_MANY_FIELDS);
  }
  assert.ok(read(`GET /${'a'.repeat(255)} HTTP/1.1\r\n\r\n`).code > 0);
  assert.ok(read(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(8)}\r\n`).code > 0);
});

test('a head of exactly the limit is read, one byte more is not', () => {
  const head = (bytes: number): string => `GET / HTTP/1.1\r\nA: ${'a'.repeat(bytes - 23)}\r\n\r\n`;
  assert.equal(read(head(1024)).code, 1024);
  assert.equal(read(head(1024), 100).code, 1024);
  assert.equal(read(head(1025)).code, HEAD_TOO_LARGE);
  assert.equal(read(head(1025), 100).code, HEAD_TOO_LARGE);
});

const LENGTHS: readonly (readonly [value: string, length: number])[] = [
  ['0', 0],
  ['42', 42],
  ['007', 7],
  ['9007199254740991', 2 ** 53 - 1],
  ['9007199254740992', BAD_LENGTH],
  ['', BAD_LENGTH],
  ['+1', BAD_LENGTH],
  ['-1', BAD_LENGTH],
  ['0x1', BAD_LENGTH],
  ['1, 1', BAD_LENGTH],
  ['1 1', BAD_LENGTH],
  ['1.0', BAD_LENGTH],
  ['1e3', BAD_LENGTH],
  ['\xb2', BAD_LENGTH],
];

for (const [value, length] of LENGTHS) {
  test(`Content-Length ${JSON.stringify(value)} is ${length}`, () => {
    const { facts } = read(`POST / HTTP/1.1\r\nContent-Length: ${value}\r\n\r\n`);
    assert.partialDeepStrictEqual(facts, { contentLength: length });
  });
}

const FACTS: readonly (readonly [lines: string, facts: object])[] = [
  ['', { contentLength: NO_LENGTH, transferCoding: 'none', expectation: 'none', upgrade: 'none' }],
  ['Content-Length: 1\r\ncontent-length: 1\r\n', { contentLength: BAD_LENGTH }],
  ['Transfer-Encoding: Chunked\r\n', { transferCoding: 'chunked' }],
  ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', { transferCoding: 'other' }],
  ['Transfer-Encoding: gzip, chunked\r\n', { transferCoding: 'other' }],
  ['Transfer-Encoding:\r\n', { transferCoding: 'other' }],
  ['Connection: close\r\n', { closes: true, keepsAlive: false, nominated: null }],
  ['Connection: Keep-Alive, Upgrade ,X-A\r\n', { keepsAlive: true, nominatesUpgrade: true, nominated: ['x-a'] }],
  ['Connection: x-a\r\nConnection: x-b, close\r\n', { closes: true, nominated: ['x-a', 'x-b'] }],
  ['Expect: 100-Continue\r\n', { expectation: '100-continue' }],
  ['Expect: 100-continue\r\nExpect: 100-continue\r\n', { expectation: 'other' }],
  ['Upgrade: WebSocket\r\n', { upgrade: 'websocket' }],
  ['Upgrade: websocket\r\nUpgrade: h2c\r\n', { upgrade: 'other' }],
];

for (const [lines, facts] of FACTS) {
  test(`facts of ${JSON.stringify(lines)}`, () => {
    assert.partialDeepStrictEqual(read(`GET / HTTP/1.1\r\n${lines}\r\n`).facts, facts);
  });
}

test('what one head said is forgotten with the next', () => {
  const parser = new RequestParser(LIMITS);
  const reader = new HeadReader(parser);
  const first = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close, x\r\n\r\n');
  assert.equal(reader.read(first, 0, first.length), first.length);
  const fields = parser.fields;
  const second = Buffer.from('GET / HTTP/1.0\r\n\r\n');
  assert.equal(reader.read(second, 0, second.length), second.length);
  assert.partialDeepStrictEqual(parser.facts, { contentLength: NO_LENGTH, closes: false, nominated: null });
  assert.deepEqual([parser.minorVersion, parser.fields, fields.length], [0, [], 6]);
});

test('names whose hashes are equal stay apart', () => {
  const hashOf = (name: string): number => [...name].reduce((hash, c) => nextHash(hash, c.charCodeAt(0)), 0);
  assert.equal(hashOf('contenrklength'), hashOf('content-length'));
  const { fields, facts } = read('GET / HTTP/1.1\r\nContenrklength: 5\r\n\r\n');
  assert.deepEqual(fields, ['contenrklength', '5']);
  assert.partialDeepStrictEqual(facts, { contentLength: NO_LENGTH });
});

const anyLine = fc.oneof(
  fc.constantFrom('Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked', 'Connection: close, X', 'A:', ' x', ''),
  fc.string({ unit: fc.constantFrom('a', 'B', ':', ' ', '\t', '-', '\x00', '\xe9', '\r', '\n', '1'), maxLength: 12 }),
);
const anyHead = fc
  .tuple(
    fc.constantFrom('GET / HTTP/1.1', 'POST /a HTTP/1.0', 'get / HTTP/1.1', '\r\nGET / HTTP/1.1', 'GET /', ''),
    fc.array(anyLine, { maxLength: 6 }),
    fc.constantFrom('\r\n', '\n'),
  )
  .map(([start, lines, end]) => [start, ...lines, '', ''].join(end));

test('pieces of any size give the same as one piece', () => {
  fc.assert(
    fc.property(anyHead, fc.integer({ min: 1, max: 20 }), (head, size) => {
      const whole = read(head);
      const inPieces = read(head, size);
      if (whole.code >= 0) assert.ok(inPieces.code >= 0);
      else assert.equal(inPieces.code < 0, true);
      if (whole.code < 0) return;
      assert.deepEqual({ ...inPieces, code: 0 }, { ...whole, code: 0 });
    }),
    { numRuns: 2_000 },
  );
});
