import { type Case, HOST, head, passed, post, refused } from '../case.ts';

const UNKNOWN = [
  ...[
    '100-continue, 100-continue',
    '100-continue,',
    ',100-continue',
    '100-continue; x',
    '100-continue=1',
    '"100-continue"',
  ],
  ...[
    '100',
    '100-continu',
    '100-continuee',
    '1100-continue',
    '100 continue',
    '100_continue',
    '200-ok',
    'x',
    '',
    '100-continue x',
  ],
  ...['y 100-continue', '100-continue\xa0', '100%2dcontinue'],
];

const BAD = {
  'a folded expectation': 'Expect:\r\n 100-continue',
  'an expectation with a vertical tab': 'Expect: \x0b100-continue',
  'an expectation behind a blank': ' Expect: 100-continue',
  'an expectation before a blank': 'Expect : 100-continue',
  'an expectation with a NUL': 'Expect: 100-continue\x00',
} as const;

const expecting = (expect: string, ...fields: string[]): string =>
  post('Connection: close', `Expect: ${expect}`, ...fields);

/** R13: one expectation is known, and its field is no way around the framing, nor around the decision. */
export const EXPECTATIONS: readonly Case[] = [
  ...UNKNOWN.map((value) =>
    refused(`expectation ${JSON.stringify(value)}`, `${expecting(value, 'Content-Length: 3')}abc`, [400, 417]),
  ),
  refused(
    'two expectations',
    `${expecting('100-continue', 'Expect: 100-continue', 'Content-Length: 3')}abc`,
    [400, 417],
  ),
  ...Object.entries(BAD).map(([name, field]) => refused(name, `${post(field, 'Content-Length: 3')}abc`, [400, 417])),
  ...['100-continue', '100-Continue', '100-CONTINUE', ' 100-continue '].map((value) =>
    passed(`expectation ${JSON.stringify(value)}`, `${expecting(value, 'Content-Length: 3')}abc`, {
      line: 'POST /',
      body: 'abc',
      lacks: ['expect'],
    }),
  ),
  passed(
    '100-continue before chunks',
    `${expecting('100-continue', 'Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n`,
    {
      line: 'POST /',
      body: 'abc',
      lacks: ['expect'],
    },
  ),
  passed('100-continue without a body', expecting('100-continue', 'Content-Length: 0'), {
    line: 'POST /',
    lacks: ['expect'],
  }),
  passed(
    '100-continue in HTTP/1.0',
    `${head('POST / HTTP/1.0', `Host: ${HOST}`, 'Expect: 100-continue', 'Content-Length: 3')}abc`,
    { line: 'POST /', body: 'abc', lacks: ['expect'] },
  ),
  refused(
    '100-continue where an identity is needed',
    head('POST /admin HTTP/1.1', `Host: ${HOST}`, 'Expect: 100-continue', 'Content-Length: 5'),
    [401, 403],
  ),
  refused(
    '100-continue with both framings',
    expecting('100-continue', 'Content-Length: 3', 'Transfer-Encoding: chunked'),
  ),
  refused('100-continue with two lengths', expecting('100-continue', 'Content-Length: 3', 'Content-Length: 4')),
];
