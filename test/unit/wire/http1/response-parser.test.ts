import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeadReader } from '../../../../src/wire/http1/head-reader.ts';
import { HEAD_TOO_LARGE, INCOMPLETE, MALFORMED } from '../../../../src/wire/http1/parse-result.ts';
import { ResponseParser } from '../../../../src/wire/http1/response-parser.ts';

function read(text: string, size = text.length): { code: number; parser: ResponseParser } {
  const parser = new ResponseParser({ headBytes: 512, headerFields: 8 });
  const reader = new HeadReader(parser);
  const bytes = Buffer.from(text, 'latin1');
  let code = INCOMPLETE;
  for (let from = 0; from < bytes.length && code === INCOMPLETE; from += size) {
    code = reader.read(bytes, from, Math.min(from + size, bytes.length));
  }
  return { code, parser };
}

test('a head is read into its parts', () => {
  for (const size of [1, 5, 1000]) {
    const { code, parser } = read('HTTP/1.1 404 Not \xe4t all\r\nContent-Length: 3\r\n\r\nabc', size);
    assert.ok(code > 0);
    assert.deepEqual([parser.status, parser.minorVersion, parser.fields], [404, 1, ['content-length', '3']]);
    assert.equal(parser.facts.contentLength, 3);
  }
});

for (const line of ['HTTP/1.1 200 OK', 'HTTP/1.1 200 ', 'HTTP/1.1 200', 'HTTP/1.0 599 x', 'HTTP/1.1 100 Continue']) {
  test(`accepted: ${JSON.stringify(line)}`, () => assert.ok(read(`${line}\r\n\r\n`).code > 0));
}

const MALFORMED_LINES = [
  'HTTP/1.1 99 x',
  'HTTP/1.1 600 x',
  'HTTP/1.1 099 x',
  'HTTP/1.1 2000 x',
  'HTTP/1.1 20x x',
  'HTTP/1.1 200x',
  'HTTP/1.1  200 x',
  'HTTP/1.1 200 \x00',
  'HTTP/1.1 200 a\rb',
  'HTTP/1.1\t200 x',
  'HTTP/1.2 200 x',
  'HTTP/2 200',
  'http/1.1 200 x',
  'ICY 200 OK',
  ' HTTP/1.1 200 OK',
  '\r\nHTTP/1.1 200 OK',
  '<html>',
];

for (const line of MALFORMED_LINES) {
  test(`malformed: ${JSON.stringify(line)}`, () => {
    assert.equal(read(`${line}\r\n\r\n`).code, MALFORMED);
    assert.equal(read(`${line}\r\n\r\n`, 1).code, MALFORMED);
  });
}

test('a head above the limit is too large, however it arrives', () => {
  for (const size of [1, 100, 2000]) {
    assert.equal(read(`HTTP/1.1 200 OK\r\nA: ${'a'.repeat(1000)}`, size).code, HEAD_TOO_LARGE);
  }
});
