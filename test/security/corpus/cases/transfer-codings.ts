import { type Case, HOST, head, octetName, octets, passed, post, refused } from '../case.ts';

/** Whoever reads them as chunked sees an empty body, whoever does not sees another request behind it. */
const BODY = '0\r\n\r\n';

/** RFC 9112 6.1: exactly one `chunked`, and nothing that some reader takes for it. */
export const BAD_CODINGS = [
  ...['', ',', 'identity', 'gzip', 'deflate', 'compress', 'br', 'cow', 'x', 'xchunked', 'chunkedx', 'x-chunked'],
  ...[
    'chunke',
    'chunk',
    'chunked-',
    '-chunked',
    'chunked.',
    '.chunked',
    'chunked/',
    'chunked\\',
    '\\chunked',
    'ch\\unked',
  ],
  ...['"chunked"', "'chunked'", '`chunked`', '<chunked>', '(chunked)', '[chunked]', 'chunked"', '"chunked'],
  ...[
    'chunked, chunked',
    'chunked,chunked',
    'chunked , chunked',
    'gzip, chunked',
    'chunked, gzip',
    'identity, chunked',
  ],
  ...['chunked, identity', 'chunked,', ',chunked', ', chunked', 'chunked, ,', ',,chunked', 'chunked, x', 'x, chunked'],
  ...['chunked;', 'chunked;q=1', 'chunked;q=0', 'chunked; ext', ';chunked', 'chunked; chunked', 'chunked:', ':chunked'],
  ...['chunked chunked', 'chunked x', 'x chunked', 'chun ked', 'chunk\ted', 'chunked\t,', 'chunked=1', '=chunked'],
  ...['chunked|', 'chunked&', 'chunked#', 'chunked%00', '%63hunked', 'chunked%20', '\xe7hunked', 'c\xadhunked'],
  ...[
    'chunked\xa0',
    '\xa0chunked',
    'chunked\x85',
    '\x85chunked',
    'chunked\xff',
    '\xefchunked',
    'chun\xe2\x84\xaaed',
    'chun\xe2kd',
  ],
];

/** In front of `chunked`, behind it and inside of it. */
const CONTROLS = octets(0x00, 0x1f).filter((octet) => octet !== 0x09 && octet !== 0x0d && octet !== 0x0a);

/** Ways to write the line that some reader understands. */
const LINES = {
  'a blank before the colon': 'Transfer-Encoding : chunked',
  'a tab before the colon': 'Transfer-Encoding\t: chunked',
  'a vertical tab before the colon': 'Transfer-Encoding\x0b: chunked',
  'a NUL before the colon': 'Transfer-Encoding\x00: chunked',
  'a no-break space before the colon': 'Transfer-Encoding\xa0: chunked',
  'a blank before the name': ' Transfer-Encoding: chunked',
  'a tab before the name': '\tTransfer-Encoding: chunked',
  'a NUL before the name': '\x00Transfer-Encoding: chunked',
  'a bare LF before the name': 'X: y\nTransfer-Encoding: chunked',
  'a bare CR before the name': 'X: y\rTransfer-Encoding: chunked',
  'a bare LF in the value': 'Transfer-Encoding:\nchunked',
  'a bare CR in the value': 'Transfer-Encoding:\rchunked',
  'a fold before the value': 'Transfer-Encoding:\r\n chunked',
  'a fold with a tab': 'Transfer-Encoding:\r\n\tchunked',
  'a fold behind the value': 'Transfer-Encoding: chunked\r\n ',
  'a fold with more codings': 'Transfer-Encoding: chunked\r\n , identity',
  'a blank in the name': 'Transfer Encoding: chunked',
  'no colon': 'Transfer-Encoding chunked',
  'an equals sign': 'Transfer-Encoding=chunked',
  'two colons': 'Transfer-Encoding:: chunked',
  twice: 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'twice, once in lower case': 'Transfer-Encoding: chunked\r\ntransfer-encoding: chunked',
  'twice, the second another': 'Transfer-Encoding: chunked\r\nTransfer-Encoding: cow',
  'twice, the first another': 'Transfer-Encoding: cow\r\nTransfer-Encoding: chunked',
  'twice, the second empty': 'Transfer-Encoding: chunked\r\nTransfer-Encoding:',
  'with a Content-Length': 'Transfer-Encoding: chunked\r\nContent-Length: 5',
  'behind a Content-Length': 'Content-Length: 5\r\nTransfer-Encoding: chunked',
  'with a Content-Length of 0': 'Transfer-Encoding: chunked\r\nContent-Length: 0',
  'with two Content-Lengths': 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 6',
  'with a bad Content-Length': 'Transfer-Encoding: chunked\r\nContent-Length: x',
  'another, with a Content-Length': 'Transfer-Encoding: identity\r\nContent-Length: 5',
  'empty, with a Content-Length': 'Transfer-Encoding:\r\nContent-Length: 5',
} as const;

/** Names that are not it: the body is none, and what follows is not heard. */
const OTHER_NAMES = [
  'Transfer_Encoding',
  'TransferEncoding',
  'X-Transfer-Encoding',
  'Transfer-Encoding-',
  'Transfer-Encodin',
  'TE',
];

/** What differs from `chunked` in nothing but its case and the blanks around it. */
const PLAIN = ['chunked', 'Chunked', 'CHUNKED', 'cHuNkEd', '  chunked', 'chunked  ', '\tchunked', 'chunked\t'];

const closing = (...fields: string[]): string => post('Connection: close', ...fields);
const inside = (control: string): string[] => [`${control}chunked`, `chunked${control}`, `chun${control}ked`];

export const TRANSFER_CODINGS: readonly Case[] = [
  ...BAD_CODINGS.map((value) =>
    refused(`coding ${JSON.stringify(value)}`, post(`Transfer-Encoding: ${value}`) + BODY, [400, 501]),
  ),
  ...CONTROLS.flatMap((octet) =>
    inside(String.fromCharCode(octet)).map((value, i) =>
      refused(`coding with ${octetName(octet)} at place ${i}`, post(`Transfer-Encoding: ${value}`) + BODY),
    ),
  ),
  ...Object.entries(LINES).map(([name, line]) => refused(`coding, ${name}`, post(line) + BODY)),
  refused('coding in HTTP/1.0', head('POST / HTTP/1.0', `Host: ${HOST}`, 'Transfer-Encoding: chunked') + BODY),
  refused('coding in a GET of HTTP/1.0', head('GET / HTTP/1.0', `Host: ${HOST}`, 'Transfer-Encoding: chunked') + BODY),
  ...OTHER_NAMES.map((name) =>
    passed(`${name} is no Transfer-Encoding`, closing(`${name}: chunked`) + BODY, {
      line: 'POST /',
      has: { 'content-length': ['0'], 'transfer-encoding': [] },
    }),
  ),
  ...PLAIN.map((value) =>
    passed(
      `coding ${JSON.stringify(value)} is chunked`,
      `${closing(`Transfer-Encoding:${value}`)}3\r\nabc\r\n${BODY}`,
      {
        line: 'POST /',
        body: 'abc',
      },
    ),
  ),
  ...['GET', 'DELETE', 'OPTIONS', 'HEAD'].map((method) =>
    passed(
      `a chunked body of ${method}`,
      `${closing('Transfer-Encoding: chunked').replace('POST', method)}3\r\nabc\r\n${BODY}`,
      {
        line: `${method} /`,
        body: 'abc',
      },
    ),
  ),
];
