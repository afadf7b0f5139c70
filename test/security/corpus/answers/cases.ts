import { octetName, octets } from '../case.ts';
import { BAD_SIZES } from '../cases/chunks.ts';
import { BAD_LENGTHS } from '../cases/content-lengths.ts';
import { BAD_CODINGS } from '../cases/transfer-codings.ts';
import { type AnswerCase, cutOff, ok, refused, served } from './case.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const LAST = '0\r\n\r\n';
const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';
const fixed = (body: string, ...fields: string[]): string => ok([`Content-Length: ${body.length}`, ...fields], body);

/** RFC 9112 4: version, blank, three digits, blank, phrase. */
const START_LINES = [
  ...[
    '',
    ' ',
    'hello',
    'HTTP',
    'HTTP/1.1',
    'HTTP/1.1 ',
    'HTTP/1.1 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 -20 OK',
  ],
  ...[
    'HTTP/1.1 +20 OK',
    'HTTP/1.1 0x1 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1\t200 OK',
    ' HTTP/1.1 200 OK',
    'HTTP/1.1 200OK',
    'HTTP/1.1 2e2 OK',
  ],
  ...[
    'HTTP/0.9 200 OK',
    'HTTP/1.2 200 OK',
    'HTTP/2 200 OK',
    'HTTP/2.0 200 OK',
    'http/1.1 200 OK',
    'HTP/1.1 200 OK',
    'ICY 200 OK',
  ],
  ...[
    'HTTP/1.1 000 x',
    'HTTP/1.1 099 x',
    'HTTP/1.1 600 x',
    'HTTP/1.1 777 x',
    'HTTP/1.1 999 x',
    'HTTP/01.1 200 OK',
    'HTTP/1.10 200 OK',
  ],
  ...[
    'HTTP/1.1 200 O\x00K',
    'HTTP/1.1 200 O\rK',
    'HTTP/1.1 200 O\nK',
    'HTTP/1.1 200 O\x7fK',
    'HTTP/1.1\x0b200 OK',
    'SSH-2.0-OpenSSH',
  ],
];

const LINES = {
  'a bare LF ends lines': 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
  'a bare LF ends a field': 'HTTP/1.1 200 OK\r\nX: y\nContent-Length: 0\r\n\r\n',
  'a bare LF is the empty line': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n',
  'CR CR LF ends a field': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\r\n\r\n',
  'an empty line first': `\r\n${fixed('')}`,
  'a folded field': ok(['X: y\r\n z', 'Content-Length: 0']),
  'a folded Content-Length': ok(['Content-Length:\r\n 0']),
  'a blank before the colon': ok(['Content-Length : 0']),
  'a blank before a name': ok([' X: y', 'Content-Length: 0']),
  'a blank in a name': ok(['X Y: z', 'Content-Length: 0']),
  'no colon': ok(['X', 'Content-Length: 0']),
  'no name': ok([': y', 'Content-Length: 0']),
  'too many fields': ok([...Array.from({ length: 300 }, (_, i) => `X-${i}: y`), 'Content-Length: 0']),
  'fields that are too large': ok([`X: ${'y'.repeat(100_000)}`, 'Content-Length: 0']),
  'a head that never ends': `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}`,
  'a head that is cut off': 'HTTP/1.1 200 OK\r\nContent-Le',
  'nothing at all': '',
  'both framings': ok(['Content-Length: 5', CHUNKED], LAST),
  'both framings, the other way round': ok([CHUNKED, 'Content-Length: 5'], LAST),
  'two equal Content-Lengths': ok(['Content-Length: 3', 'Content-Length: 3'], 'abc'),
  'two Content-Lengths': ok(['Content-Length: 3', 'Content-Length: 5'], 'abcde'),
  'two Transfer-Encodings': ok([CHUNKED, CHUNKED], LAST),
  'Transfer-Encoding in HTTP/1.0': `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n\r\n${LAST}`,
  'an unsolicited 101': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
  'an unsolicited 101 for h2c': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
  'a 101 alone': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'a 101 behind a 100':
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
  'a 100 and no more': 'HTTP/1.1 100 Continue\r\n\r\n',
  'a 103 with a body': `HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\nabc${fixed('')}`,
  'a 100 with chunks': `HTTP/1.1 100 Continue\r\n${CHUNKED}\r\n\r\n${LAST}${fixed('')}`,
  'a hundred interim answers': 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100) + fixed('abc'),
} as const;

/** Begun well, and then no more what it seemed to be. */
const CUT = {
  'less than its length': ok(['Content-Length: 5'], 'abc'),
  'nothing of its length': ok(['Content-Length: 5']),
  'much less than its length': ok(['Content-Length: 1000000'], 'x'.repeat(100_000)),
  'no chunk': ok([CHUNKED]),
  'half a chunk': ok([CHUNKED], '5\r\nabc'),
  'a chunk without its CRLF': ok([CHUNKED], '3\r\nabc'),
  'no last chunk': ok([CHUNKED], '3\r\nabc\r\n'),
  'half a last chunk': ok([CHUNKED], '3\r\nabc\r\n0\r\n'),
  'trailers without an end': ok([CHUNKED], '3\r\nabc\r\n0\r\nX: y\r\n'),
  'another size than it has': ok([CHUNKED], '3\r\nabcd\r\n0\r\n\r\n'),
  'a bare LF behind the data': ok([CHUNKED], '3\r\nabc\n0\r\n\r\n'),
  'a bare LF as the last line': ok([CHUNKED], '3\r\nabc\r\n0\r\n\n'),
  'a folded trailer': ok([CHUNKED], '3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n'),
  'a trailer with a NUL': ok([CHUNKED], '3\r\nabc\r\n0\r\nX: \x00\r\n\r\n'),
  'a Content-Length in the trailers': ok([CHUNKED], '3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n'),
  'an extension that is too long': ok([CHUNKED], `3;${'a'.repeat(300)}\r\nabc\r\n0\r\n\r\n`),
} as const;

const PLAIN = { without: 'evil' };

const GOOD: readonly AnswerCase[] = [
  served('a length', fixed('abc'), 'abc'),
  served('a length of 0', fixed(''), ''),
  served('chunks', ok([CHUNKED], `3\r\nabc\r\n${LAST}`), 'abc'),
  served(
    'chunks with extensions and trailers',
    ok([CHUNKED], '3;a=b\r\nabc\r\n0\r\nX-Evil: evil\r\n\r\n'),
    'abc',
    PLAIN,
  ),
  served('the end of the connection', ok([], 'abc'), 'abc'),
  served('no body but the end of the connection', ok([]), ''),
  served('no phrase', 'HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc', 'abc'),
  served('no phrase and no blank', 'HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc', 'abc'),
  served('HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'abc'),
  served('a 100 before it', `HTTP/1.1 100 Continue\r\n\r\n${fixed('abc')}`, 'abc'),
  served('an answer inside', fixed(POISON), POISON),
  {
    name: 'a HEAD with a length',
    method: 'HEAD',
    answer: ok(['Content-Length: 5']),
    outcome: { status: 200, body: '' },
  },
  { name: 'a 204', answer: 'HTTP/1.1 204 No Content\r\n\r\n', outcome: { status: 204, body: '' } },
  {
    name: 'a 304 with a length',
    answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    outcome: { status: 304, body: '' },
  },
  {
    name: 'a redirect is not followed',
    answer: 'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n',
    outcome: { status: 302, body: '', has: { location: ['http://169.254.169.254/'] } },
  },
];

/** What is not an upstream's to say (R31), or belongs to its connection. */
const NOT_PASSED = [
  ...[
    'Connection: close, X-Evil\r\nX-Evil: evil',
    'Keep-Alive: evil',
    'Proxy-Authenticate: evil',
    'Proxy-Connection: evil',
    'TE: evil',
  ],
  ...[
    'Trailer: evil',
    'Upgrade: evil',
    'X-Ostiary-Reason: evil',
    'X-OSTIARY-Request-Id: evil',
    'Clear-Site-Data: "evil"',
  ],
  ...[
    'Set-Cookie: ostiary-session=evil',
    'Set-Cookie: __Host-ostiary-session=evil; Secure; Path=/',
    'set-cookie:  ostiary-session=evil',
  ],
  ...[
    'Set-Cookie: __host-ostiary-session=evil',
    'Set-Cookie: =ostiary-session=evil',
    'Set-Cookie: ostiary-session-binding=evil',
  ],
];

/** R11: what comes behind an answer is nobody's. The next request gets its own answer. */
const BEHIND: readonly AnswerCase[] = [
  { ...served('another answer behind a length', fixed('abc') + POISON, 'abc'), ending: 'stay' },
  { ...served('octets behind a length', `${fixed('abc')}x`, 'abc'), ending: 'stay' },
  { ...served('an empty line behind a length', `${fixed('abc')}\r\n`, 'abc'), ending: 'stay' },
  { ...served('another answer behind chunks', ok([CHUNKED], `3\r\nabc\r\n${LAST}`) + POISON, 'abc'), ending: 'stay' },
  { ...served('another answer behind nothing', fixed('') + POISON, ''), ending: 'stay' },
  {
    name: 'a body behind a 204',
    answer: `HTTP/1.1 204 No Content\r\n\r\n${POISON}`,
    ending: 'stay',
    outcome: { status: 204, body: '' },
  },
  {
    name: 'a body behind a 304',
    answer: `HTTP/1.1 304 Not Modified\r\nContent-Length: 54\r\n\r\n${POISON}`,
    ending: 'stay',
    outcome: { status: 304, body: '' },
  },
  {
    name: 'a body behind a HEAD',
    method: 'HEAD',
    answer: ok(['Content-Length: 54'], POISON),
    ending: 'stay',
    outcome: { status: 200, body: '' },
  },
  { ...served('a length and the connection stays', fixed('abc'), 'abc'), ending: 'stay' },
  { ...served('chunks and the connection stays', ok([CHUNKED], `3\r\nabc\r\n${LAST}`), 'abc'), ending: 'stay' },
];

const CONTROLS = [...octets(0x00, 0x08), ...octets(0x0b, 0x0c), ...octets(0x0e, 0x1f), 0x7f];
const NAME_OCTETS = [
  ...CONTROLS,
  ...[...' "(),/;<=>?@[\\]{}'].map((character) => character.charCodeAt(0)),
  0x80,
  0xa0,
  0xff,
];

/** They are refused as a whole, or their end is missing for the client as well. */
export const ANSWERS: readonly AnswerCase[] = [
  ...START_LINES.map((line) =>
    refused(`start line ${JSON.stringify(line)}`, `${line}\r\nContent-Length: 3\r\n\r\nabc`),
  ),
  ...Object.entries(LINES).map(([name, answer]) => refused(name, answer)),
  ...BAD_CODINGS.map((value) => refused(`coding ${JSON.stringify(value)}`, ok([`Transfer-Encoding: ${value}`], LAST))),
  ...BAD_LENGTHS.map((value) => refused(`length ${JSON.stringify(value)}`, ok([`Content-Length: ${value}`], 'abcde'))),
  ...CONTROLS.map((octet) =>
    refused(`value with ${octetName(octet)}`, fixed('', `X: a${String.fromCharCode(octet)}b`)),
  ),
  ...NAME_OCTETS.map((octet) =>
    refused(`name with ${octetName(octet)}`, fixed('', `X${String.fromCharCode(octet)}Y: z`)),
  ),
  ...Object.entries(CUT).map(([name, answer]) => cutOff(name, answer)),
  ...BAD_SIZES.map((size) => cutOff(`chunk size ${JSON.stringify(size)}`, ok([CHUNKED], `${size}\r\nabc\r\n${LAST}`))),
  cutOff('a reset in a length', ok(['Content-Length: 5'], 'abc'), 'reset'),
  cutOff('a reset in chunks', ok([CHUNKED], '3\r\nabc\r\n'), 'reset'),
  cutOff('a reset instead of an end', ok([], 'abc'), 'reset'),
  ...GOOD,
  ...NOT_PASSED.map((field) => served(`${field} is not passed on`, fixed('abc', field), 'abc', PLAIN)),
  ...BEHIND,
];
