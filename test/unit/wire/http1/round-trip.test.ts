import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { isHopByHop } from '../../../../src/base/header-text.ts';
import { CHUNKED, headText, NONE } from '../../../../src/downstream/http1/head-text.ts';
import { type Body, BufferedBody } from '../../../../src/gateway/body.ts';
import type { OutgoingRequest } from '../../../../src/gateway/exchange.ts';
import { requestHead } from '../../../../src/upstream/http1/request-head.ts';
import { RequestParser } from '../../../../src/wire/http1/request-parser.ts';
import { ResponseParser } from '../../../../src/wire/http1/response-parser.ts';

/** What is written is read again as what it was, and is delimited in one way (R8). */

const parser = new RequestParser({ headBytes: 64 * 1024, headerFields: 100, targetBytes: 16 * 1024 });
const answers = new ResponseParser({ headBytes: 64 * 1024, headerFields: 100 });

const FRAMING = ['content-length', 'transfer-encoding'];
const NAMES = [...FRAMING, 'host', 'connection', 'te', 'expect', 'x-a', 'set-cookie', 'x_b', 'content-length '];
/** Octets that mean something to some reader, and one that is none. */
const OCTETS = [
  'a',
  'z',
  '0',
  ' ',
  '\t',
  ',',
  ':',
  ';',
  '"',
  '\r',
  '\n',
  '\x00',
  '\x0b',
  '\x7f',
  '\x80',
  '\xff',
  '\u010a',
  '\u560a',
];

const octets = (maxLength: number) => fc.string({ unit: fc.constantFrom(...OCTETS), maxLength });
const plain = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', '0', '-', ',', '\xe4'), maxLength });
const often = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary: odd, weight: 1 });
const fields = fc.array(
  fc.tuple(often(fc.constantFrom(...NAMES.slice(0, -1)), octets(5)), often(plain(6), octets(6))),
  {
    maxLength: 6,
  },
);

/** One that does not say how long it is. */
const endless: Body = { length: null, pipe: () => {}, resume: () => {}, destroy: () => {} };

const requests: fc.Arbitrary<OutgoingRequest> = fc.record({
  method: often(
    fc.constantFrom('GET', 'POST', 'HEAD', 'X-Y'),
    octets(4).map((text) => text.toUpperCase()),
  ),
  path: often(fc.constantFrom('/', '/a', '/%C3%A9'), octets(4)),
  query: often(fc.constantFrom('', 'a=b', '?'), octets(4)),
  authority: fc.constant(null),
  headers: fields.map((list) => HeaderList.from(list)),
  body: fc.constantFrom(null, new BufferedBody('abc'), new BufferedBody(''), endless),
  sign: fc.constant(null),
  upgrade: fc.constantFrom(null, null, null, 'websocket' as const),
});

function written(request: OutgoingRequest): string | null {
  const webSocketKey = request.upgrade === null ? null : 'dGhlIHNhbXBsZSBub25jZQ==';
  const options = { authority: 'a.example', targetPrefix: '', proxyAuthorization: null, webSocketKey, closes: false };
  return requestHead(request, options);
}

/** Names and values, alternating. */
function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
}

function named(flat: readonly string[], ...names: readonly string[]): string[] {
  return pairs(flat)
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => `${name}: ${value}`);
}

/** What is passed on as it is; blanks around a value are none of it. */
function passed(flat: readonly string[]): string[] {
  const OURS = ['host', 'content-length', 'expect'];
  return pairs(flat)
    .filter(([name]) => !OURS.includes(name) && !isHopByHop(name) && !name.startsWith('sec-websocket-'))
    .map(([name, value]) => `${name}: ${value.replace(/^[ \t]+|[ \t]+$/g, '')}`);
}

test('a request that is written is read again as what it was', () => {
  let count = 0;
  const property = fc.property(requests, (request) => {
    const text = written(request);
    if (text === null) return;
    count++;
    const bytes = Buffer.from(text, 'latin1');
    assert.equal(parser.parse(bytes, 0, bytes.length), bytes.length, text);
    assert.equal(parser.method, request.method);
    assert.equal(parser.target, request.query === '' ? request.path : `${request.path}?${request.query}`);
    assert.deepEqual(passed(parser.fields), passed(request.headers.flat));
    assert.deepEqual(named(parser.fields, 'host'), ['host: a.example']);
    assert.deepEqual(named(parser.fields, ...FRAMING), framingFields(request));
  });
  fc.assert(property, { numRuns: 5_000 });
  assert.ok(count > 1_000, `${count} requests written`);
});

function framingFields({ method, body, upgrade }: OutgoingRequest): string[] {
  if (upgrade !== null) return [];
  if (body !== null) return [body.length === null ? 'transfer-encoding: chunked' : `content-length: ${body.length}`];
  return method === 'POST' ? ['content-length: 0'] : [];
}

test('a request that was read is written as it was, and again the same', () => {
  const property = fc.property(requests, (request) => {
    const once = written(request);
    if (once === null) return;
    const bytes = Buffer.from(once, 'latin1');
    parser.parse(bytes, 0, bytes.length);
    const { method, target, fields: flat } = parser;
    const [path = '', ...queries] = target.split('?');
    assert.equal(
      written({ ...request, method, path, query: queries.join('?'), headers: new HeaderList(flat) }),
      bare(once),
    );
  });
  fc.assert(property, { numRuns: 2_000 });
});

/** Without the blanks around values, which are none of them. */
function bare(text: string): string {
  const lines = text.split('\r\n').map((line) => line.replace(/^([^ ]+): [ \t]*(.*?)[ \t]*$/, '$1: $2'));
  return lines.join('\r\n');
}

test('an answer that is written is read again as what it was', () => {
  let count = 0;
  const framings = fc.constantFrom(NONE, CHUNKED, 0, 3);
  const property = fc.property(fields, framings, fc.boolean(), (list, framing, closes) => {
    const headers = HeaderList.from(list);
    const text = headText({ status: 200, headers, framing, closes, extra: '' });
    if (text === null) return;
    count++;
    const bytes = Buffer.from(text, 'latin1');
    assert.equal(answers.parse(bytes, 0, bytes.length), bytes.length, text);
    const dateless = pairs(answers.fields).filter(([name]) => name !== 'date' && name !== 'host' && name !== 'expect');
    const expected = pairs(headers.flat).filter(([name]) => name !== 'host' && name !== 'expect');
    assert.deepEqual(passed(dateless.flat()), passed(expected.flat()));
    if (framing !== NONE) {
      const line = framing === CHUNKED ? 'transfer-encoding: chunked' : `content-length: ${framing}`;
      assert.deepEqual(named(answers.fields, ...FRAMING), [line]);
    }
    assert.deepEqual(named(answers.fields, 'connection'), closes ? ['connection: close'] : []);
  });
  fc.assert(property, { numRuns: 3_000 });
  assert.ok(count > 1_000, `${count} answers written`);
});
