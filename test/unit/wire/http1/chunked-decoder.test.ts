import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkedDecoder } from '../../../../src/wire/http1/chunked-decoder.ts';
import { CRLF, chunkHead, LAST_CHUNK } from '../../../../src/wire/http1/write.ts';

interface Decoded {
  readonly end: 'more' | 'end' | 'malformed';
  readonly data: string;
  /** What was read after the end belongs to the next message. */
  readonly rest: string;
  readonly trailers: readonly string[] | null;
}

/** Decodes `text`, cut into pieces of `size` bytes. */
function decode(text: string, size = text.length): Decoded {
  const decoder = new ChunkedDecoder();
  const bytes = Buffer.from(text, 'latin1');
  let data = '';
  for (let from = 0; from < bytes.length; from += size) {
    const to = Math.min(from + size, bytes.length);
    for (let at = from; at < to; at = decoder.at) {
      const step = decoder.advance(bytes, at, to);
      if (step === 'data') data += bytes.toString('latin1', decoder.dataBegin, decoder.at);
      else if (step === 'more') assert.equal(decoder.at, to);
      else return { end: step, data, rest: text.slice(decoder.at), trailers: decoder.trailers };
    }
  }
  return { end: 'more', data, rest: '', trailers: decoder.trailers };
}

test('data, trailers and what belongs to the next message are told apart', () => {
  const text = '5\r\nhello\r\n00A;x=1;y="2; \\"";z\r\n0123456789\r\n000\r\nX-A: 1\r\nx-b:\r\n\r\nGET /';
  for (const size of [1, 2, 3, 7, 1000]) {
    assert.deepEqual(decode(text, size), {
      end: 'end',
      data: 'hello0123456789',
      rest: 'GET /',
      trailers: ['x-a', '1', 'x-b', ''],
    });
  }
});

test('a message without its last chunk is not complete', () => {
  for (const text of ['5\r\nhel', '5\r\nhello\r\n', '5\r\nhello\r\n0\r\n', '5\r\nhello\r\n0\r\nX: 1\r\n', '0\r\n\r']) {
    assert.equal(decode(text).end, 'more', JSON.stringify(text));
  }
});

const MALFORMED = [
  '\r\n',
  'g\r\n',
  '0x1\r\na\r\n',
  '+1\r\na\r\n',
  '-1\r\na\r\n',
  ' 1\r\na\r\n',
  '1 \r\na\r\n',
  '1\t;a\r\na\r\n',
  '1\na\r\n',
  '1\r\r\na\r\n',
  '1\ra',
  '1\r\nab\r\n',
  '1\r\na\n',
  '1\r\na\rb',
  '20000000000000\r\n',
  '00000000000000001\r\n',
  '1;a\x00\r\n',
  '1;\r\na\r\n',
  '1;;a\r\na\r\n',
  '1;a=\r\na\r\n',
  '1;a="b\r\na\r\n',
  '1;a="b\\"\r\na\r\n',
  '1;a="b"c\r\na\r\n',
  '1; a\r\na\r\n',
  '1;a =b\r\na\r\n',
  '1;a\nb\r\n',
  `1;${'a'.repeat(256)}\r\n`,
  `${`1;${'a'.repeat(200)}\r\na\r\n`.repeat(100)}`,
  '0\r\nX : 1\r\n\r\n',
  '0\r\n X: 1\r\n\r\n',
  '0\r\nX: 1\n\r\n',
  '0\r\nX\r\n\r\n',
  '0\r\nContent-Length: 5\r\n\r\n',
  '0\r\nTransfer-Encoding: chunked\r\n\r\n',
  `0\r\n${'X: 1\r\n'.repeat(65)}\r\n`,
  `0\r\nX: ${'a'.repeat(9_000)}`,
];

for (const text of MALFORMED) {
  test(`malformed, in one piece and a byte at a time: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.equal(decode(text).end, 'malformed');
    assert.equal(decode(text, 1).end, 'malformed');
  });
}

test('a malformed message stays malformed', () => {
  const decoder = new ChunkedDecoder();
  assert.equal(decoder.advance(Buffer.from('x'), 0, 1), 'malformed');
  assert.equal(decoder.advance(Buffer.from('0\r\n\r\n'), 0, 5), 'malformed');
});

test('what is written in chunks is read again, whatever the pieces', () => {
  const chunk = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0', '\xff'), minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 50 }), (chunks, size) => {
      const text = chunks.map((data) => `${chunkHead(data.length)}${data}${CRLF}`).join('') + LAST_CHUNK;
      assert.deepEqual(decode(`${text}rest`, size).data, chunks.join(''));
      assert.equal(decode(`${text}rest`, size).end, 'end');
    }),
  );
});
