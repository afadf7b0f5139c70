import fc from 'fast-check';
import { of, weighted } from './tools.ts';

/** Fields that state the framing, and the body behind the head. */
export interface Framed {
  readonly lines: readonly string[];
  readonly body: string;
}

export const text = weighted(
  [3, of('', 'x', 'hello', '0\r\n\r\n', 'GET /in-body HTTP/1.1\r\nHost: a.example\r\n\r\n')],
  [1, fc.string({ unit: of('a', '\r', '\n', '\x00', '\xff', '0'), maxLength: 20 })],
);
export const noBody = fc.constant<Framed>({ lines: [], body: '' });
export const fixed = text.map((body): Framed => ({ lines: [`Content-Length: ${body.length}`], body }));

const sizeSpelling = fc.tuple(
  of('', '', '', '0', '000'),
  fc.boolean(),
  weighted(
    [40, fc.constant('')],
    [6, of(';', ';a', ';a=b', ';a="x"')],
    [1, of(' ', '\t', '_', ' ;a', ';a\n', ';\r', '\n')],
  ),
);
const chunk = fc
  .tuple(text, sizeSpelling, weighted([60, fc.constant('\r\n')], [1, of('\n', '\r', '', '\r\n\r\n', 'x\r\n')]))
  .map(([data, [zeros, upper, extension], end]) => {
    const size = data.length.toString(16);
    return `${zeros}${upper ? size.toUpperCase() : size}${extension}\r\n${data}${end}`;
  });
const trailers = weighted(
  [30, fc.constant('')],
  [4, of('X-T: 1\r\n', 'Content-Length: 5\r\n', 'Host: b\r\n', 'X-Ostiary-User: root\r\n')],
  [1, of('x\r\n', ' f: 1\r\n', 'a: \x00\r\n', 'a: 1\n')],
);
const lastChunk = weighted(
  [50, fc.constant('0')],
  [6, of('00', '0;a', '000000000000000000')],
  [1, of('-0', '0 ', '0x0', '+0', '')],
);
const chunks = fc
  .tuple(fc.array(chunk, { maxLength: 3 }), lastChunk, trailers)
  .map(([all, last, section]) => `${all.join('')}${last}\r\n${section}\r\n`);
export const chunked = fc
  .tuple(of('Transfer-Encoding: chunked', 'transfer-encoding:chunked', 'Transfer-Encoding:\tChunked '), chunks)
  .map(([line, body]): Framed => ({ lines: [line], body }));

export const OBFUSCATED_CODINGS = [
  'gzip, chunked',
  'chunked, chunked',
  'chunked,',
  ',chunked',
  'identity',
  'xchunked',
  '"chunked"',
  "'chunked'",
  'chunked;q=1',
  '\x0bchunked',
  'chunked\x00',
  'chun ked',
  'chunked\xa0',
  '\x0cchunked',
  'chunked-',
  'cow',
  '',
];
export const obfuscated = fc
  .tuple(
    of('Transfer-Encoding', 'Transfer-Encoding ', 'Transfer_Encoding', ' Transfer-Encoding', 'Transfer-Encoding\x0b'),
    of(...OBFUSCATED_CODINGS),
    chunks,
  )
  .map(([name, value, body]): Framed => ({ lines: [`${name}: ${value}`], body }));
export const bothFramings = fc
  .tuple(fixed, chunked, fc.boolean())
  .map(
    ([a, b, first]): Framed => ({ lines: first ? [...a.lines, ...b.lines] : [...b.lines, ...a.lines], body: b.body }),
  );
export const oddLength = fc
  .tuple(
    of(
      '+5',
      '-1',
      '5 5',
      '5, 5',
      '0x5',
      '05',
      '',
      '5.',
      '1e1',
      '9007199254740993',
      '99999999999999999999',
      '\x0b5',
      '5\x00',
      '\xb2',
      '6',
      '4',
    ),
    text,
  )
  .map(([length, body]): Framed => ({ lines: [`Content-Length: ${length}`], body }));
export const twice = fixed.map(({ lines, body }): Framed => ({ lines: [...lines, ...lines], body }));
export const framed = weighted(
  [40, noBody],
  [30, fixed],
  [30, chunked],
  [1, obfuscated],
  [1, bothFramings],
  [1, oddLength],
  [1, twice],
);
