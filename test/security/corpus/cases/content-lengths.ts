import { type Case, cutOff, octetName, octets, passed, post, refused, SMUGGLED } from '../case.ts';

/** RFC 9110 8.6: `1*DIGIT`, once. */
export const BAD_LENGTHS = [
  ...[
    '',
    ',',
    '+5',
    '-5',
    '-0',
    '+0',
    '0x5',
    '0X5',
    '5h',
    '5.0',
    '5.',
    '.5',
    '5e0',
    '1e1',
    '0b101',
    '0o5',
    '5_0',
    '5,000',
  ],
  ...['5 5', '5\t5', '5, 5', '5,5', '5,', ',5', '5, 6', '0, 5', '5;', '5; x', '5=5', '"5"', "'5'", '(5)', '[5]', '{5}'],
  ...[
    'x',
    'five',
    'NaN',
    'Infinity',
    'null',
    'true',
    '\xb2',
    '\xb5',
    '5\xa0',
    '\xa05',
    '\xef\xbc\x95',
    '\xd9\xa5',
    '5%20',
    '%35',
  ],
  ...['9007199254740992', '9007199254740993', '18446744073709551615', '18446744073709551616', '18446744073709551621'],
  ...['99999999999999999999999999', '4294967301x', '-18446744073709551611', '5\\', '\\5', '5/', '5-', '5+', '5 x'],
];
const CONTROLS = octets(0x00, 0x1f).filter((octet) => octet !== 0x09 && octet !== 0x0d && octet !== 0x0a);

const LINES = {
  'twice the same': 'Content-Length: 5\r\nContent-Length: 5',
  'twice, one in lower case': 'Content-Length: 5\r\ncontent-length: 5',
  'twice, different': 'Content-Length: 5\r\nContent-Length: 6',
  'twice, the first 0': 'Content-Length: 0\r\nContent-Length: 5',
  'twice, the second 0': 'Content-Length: 5\r\nContent-Length: 0',
  'twice, one empty': 'Content-Length: 5\r\nContent-Length:',
  'three times': 'Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 5',
  'a blank before the colon': 'Content-Length : 5',
  'a tab before the colon': 'Content-Length\t: 5',
  'a blank before the name': ' Content-Length: 5',
  'a fold': 'Content-Length:\r\n 5',
  'a fold behind it': 'Content-Length: 5\r\n 5',
  'a bare CR': 'Content-Length: 5\r5',
  'a bare LF': 'Content-Length: 5\n5',
  'no colon': 'Content-Length 5',
  'a vertical tab in the name': 'Content-Length\x0b: 5',
  'a NUL in the name': 'Content\x00Length: 5',
} as const;

const OTHER_NAMES = ['Content_Length', 'ContentLength', 'X-Content-Length', 'Content-Length-', 'Content-Lengt'];
const closing = (...fields: string[]): string => post('Connection: close', ...fields);

export const CONTENT_LENGTHS: readonly Case[] = [
  ...BAD_LENGTHS.map((value) => refused(`length ${JSON.stringify(value)}`, `${post(`Content-Length: ${value}`)}abcde`)),
  ...CONTROLS.flatMap((octet) => {
    const control = String.fromCharCode(octet);
    return [
      refused(`length behind ${octetName(octet)}`, `${post(`Content-Length: ${control}5`)}abcde`),
      refused(`length before ${octetName(octet)}`, `${post(`Content-Length: 5${control}`)}abcde`),
    ];
  }),
  ...Object.entries(LINES).map(([name, line]) => refused(`length, ${name}`, `${post(line)}abcde`)),
  ...OTHER_NAMES.map((name) =>
    passed(`${name} is no Content-Length`, `${closing(`${name}: 5`)}abcde`, {
      line: 'POST /',
      has: { 'content-length': ['0'] },
    }),
  ),
  ...['5', '05', '0000000000005', ' 5 ', '\t5\t'].map((value) =>
    passed(`length ${JSON.stringify(value)} is 5`, `${closing(`Content-Length:${value}`)}abcde`, {
      line: 'POST /',
      body: 'abcde',
      has: { 'content-length': ['5'] },
    }),
  ),
  ...['GET', 'DELETE', 'OPTIONS', 'HEAD'].map((method) =>
    passed(`a body of ${method}`, `${closing('Content-Length: 5').replace('POST', method)}abcde`, {
      line: `${method} /`,
      body: 'abcde',
    }),
  ),
  passed('a request in a body', closing(`Content-Length: ${SMUGGLED.length}`) + SMUGGLED, {
    line: 'POST /',
    body: SMUGGLED,
  }),
  cutOff('less than the length', `${post('Content-Length: 5')}abcd`),
  cutOff('nothing of the length', post('Content-Length: 5')),
  cutOff('a body that is far too short', `${post('Content-Length: 900719925474099')}abcd`),
];
