import fc from 'fast-check';
import { lineEnd } from './clients.ts';
import { connectionField, VALUES } from './fields.ts';
import { bothFramings, chunked, type Framed, fixed, noBody, obfuscated, oddLength, text, twice } from './framings.ts';
import { cut, cuts, mutated, mutations, type Pieces, stopped, stops } from './mutations.ts';
import { of, weighted } from './tools.ts';

const statusLine = weighted(
  [
    40,
    of(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 404 Not Found',
      'HTTP/1.1 204 No Content',
      'HTTP/1.1 304 Not Modified',
      'HTTP/1.0 200 OK',
      'HTTP/1.1 500 ',
      'HTTP/1.1 302 Found',
      'HTTP/1.1 200',
    ),
  ],
  [
    2,
    of(
      'HTTP/1.1 99 x',
      'HTTP/1.1 600 x',
      'HTTP/2 200 OK',
      'HTTP/1.1  200 OK',
      'HTTP/1.1 2000 OK',
      'http/1.1 200 OK',
      'HTTP/1.1 +20 OK',
      'ICY 200 OK',
      'HTTP/1.1 101 Switching Protocols',
      'HTTP/1.1 200 O\x00K',
      'HTTP/1.1 200\tOK',
    ),
  ],
);
const interim = of(
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
  'HTTP/1.1 102 P\r\nContent-Length: 0\r\n\r\n',
);
const answerField = weighted(
  [
    60,
    fc
      .tuple(
        of('X-A', 'Set-Cookie', 'Server', 'X-Ostiary-User', 'Date', 'Content-Type', 'Trailer', 'Upgrade', 'Keep-Alive'),
        of(':', ': '),
        of(...VALUES),
      )
      .map((parts) => parts.join('')),
  ],
  [12, connectionField],
  [2, of(' folded: 1', 'X : 1', ': 1', 'X', 'X\xe9: 1', 'X: \x00', 'X: a\x0bb', 'X: a\rb', 'X: a\nY: b')],
);
const untilClose = text.map((body): Framed => ({ lines: [], body }));
const answerFramed = weighted(
  [8, noBody],
  [24, fixed],
  [24, chunked],
  [6, untilClose],
  [1, obfuscated],
  [1, bothFramings],
  [1, oddLength],
  [1, twice],
);
const behind = weighted(
  [16, fc.constant('')],
  [1, of('x', '\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison')],
);

const answer = fc
  .record({
    interims: fc.array(interim, { maxLength: 2 }),
    statusLine,
    fields: fc.array(answerField, { maxLength: 4 }),
    framed: answerFramed,
    lineEnd,
    behind,
  })
  .map(({ interims, statusLine, fields, framed, lineEnd, behind }) => {
    const head = [statusLine, ...fields, ...framed.lines, '', ''].join(lineEnd);
    return weightless(interims) + head + framed.body + behind;
  });

/** Most answers have no interim ones before them. */
function weightless(interims: readonly string[]): string {
  return interims.length === 2 ? interims.join('') : '';
}

export interface UpstreamAnswer {
  readonly pieces: Pieces;
  /** What the upstream does when it has said everything. */
  readonly ending: 'stay' | 'end' | 'reset';
  readonly method: string;
}

export const upstreamAnswers: fc.Arbitrary<UpstreamAnswer> = fc
  .record({
    answer,
    mutations,
    stop: stops,
    cuts,
    ending: fc.constantFrom<UpstreamAnswer['ending']>('end', 'end', 'stay', 'stay', 'stay', 'reset'),
    method: of('GET', 'GET', 'GET', 'HEAD', 'POST'),
  })
  .map(({ answer, mutations, stop, cuts, ending, method }) => ({
    pieces: cut(stopped(mutated(answer, mutations), stop), cuts),
    ending,
    method,
  }));
