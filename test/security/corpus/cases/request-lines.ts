import { type Case, get, HOST, head, octetName, octets, passed, refused } from '../case.ts';

/** RFC 9112 3: method, target and version, one blank between each, and nothing else. */
const MALFORMED = {
  'a lower-case method': 'get / HTTP/1.1',
  'a method in mixed case': 'Get / HTTP/1.1',
  'no method': ' / HTTP/1.1',
  'no blank before the method': ' GET / HTTP/1.1',
  'a tab before the method': '\tGET / HTTP/1.1',
  'a NUL before the method': '\0GET / HTTP/1.1',
  'two blanks behind the method': 'GET  / HTTP/1.1',
  'a tab behind the method': 'GET\t/ HTTP/1.1',
  'two blanks behind the target': 'GET /  HTTP/1.1',
  'a tab behind the target': 'GET /\tHTTP/1.1',
  'a blank at the end': 'GET / HTTP/1.1 ',
  'a tab at the end': 'GET / HTTP/1.1\t',
  'a NUL at the end': 'GET / HTTP/1.1\0',
  'a word at the end': 'GET / HTTP/1.1 HTTP/1.1',
  'a target with a blank': 'GET /a b HTTP/1.1',
  'no version': 'GET /',
  'no target': 'GET HTTP/1.1',
  'an empty target': 'GET  HTTP/1.1',
  'a method alone': 'GET',
  'a method that is too long': `${'A'.repeat(100)} / HTTP/1.1`,
  'a vertical tab as blank': 'GET\x0b/ HTTP/1.1',
  'a form feed as blank': 'GET\x0c/ HTTP/1.1',
  'a no-break space as blank': 'GET\xa0/ HTTP/1.1',
  'a CR as blank': 'GET\r/ HTTP/1.1',
  'a request line of ICAP': 'GET / ICAP/1.0',
  'a request line of RTSP': 'GET / RTSP/1.0',
} as const;

const VERSIONS = [
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/1.9',
  'HTTP/2',
  'HTTP/2.0',
  'HTTP/3.0',
  'HTTP/1',
  'HTTP/1.',
  'HTTP/.1',
  'HTTP/01.1',
  'HTTP/1.01',
  'HTTP/1.10',
  'HTTP/11.1',
  'HTTP/+1.1',
  'HTTP/-1.1',
  'HTTP/1,1',
  'HTTP/1.1.1',
  'HTTP/1 1',
  'HTTP /1.1',
  'HTTP/ 1.1',
  'HTTP/x.y',
  'http/1.1',
  'Http/1.1',
  'HTTPS/1.1',
  'HTP/1.1',
  'XHTTP/1.1',
  'HTTP\\1.1',
  'HTTP1.1',
  'HTTP/\xb9.\xb9',
  '1.1',
];

/** Not in a token (RFC 9110 5.6.2). */
const NO_METHOD = [...'()<>@,;:\\"/[]?={}'].map((character) => character.charCodeAt(0)).concat([0x80, 0xc3, 0xff]);

/** RFC 9110 9.1: methods are an open set, and none of them means anything to a gateway that does not name it. */
const METHODS = [
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'PURGE',
  'PROPFIND',
  'M-SEARCH',
  'QUERY',
  'FOO',
  'GET2',
  "A!#$%&'*+.^|~",
];

const LINE_ENDS = {
  'bare LF ends lines': 'GET / HTTP/1.1\nHost: HOST\n\n',
  'bare CR ends lines': 'GET / HTTP/1.1\rHost: HOST\r\r',
  'a bare LF ends the request line': 'GET / HTTP/1.1\nHost: HOST\r\n\r\n',
  'a bare LF ends a field': 'GET / HTTP/1.1\r\nHost: HOST\n\r\n',
  'a bare LF is the empty line': 'GET / HTTP/1.1\r\nHost: HOST\r\n\n',
  'a bare CR ends the request line': 'GET / HTTP/1.1\rHost: HOST\r\n\r\n',
  'CR CR LF ends the request line': 'GET / HTTP/1.1\r\r\nHost: HOST\r\n\r\n',
  'CR CR LF ends a field': 'GET / HTTP/1.1\r\nHost: HOST\r\r\n\r\n',
  'CR CR LF is the empty line': 'GET / HTTP/1.1\r\nHost: HOST\r\n\r\r\n',
  'LF CR ends lines': 'GET / HTTP/1.1\n\rHost: HOST\n\r\n\r',
  'a bare LF before the request line': '\nGET / HTTP/1.1\r\nHost: HOST\r\n\r\n',
  'a bare CR before the request line': '\rGET / HTTP/1.1\r\nHost: HOST\r\n\r\n',
  'two empty lines before the request line': '\r\n\r\nGET / HTTP/1.1\r\nHost: HOST\r\n\r\n',
  'a blank line before the request line': ' \r\nGET / HTTP/1.1\r\nHost: HOST\r\n\r\n',
  'a byte order mark': '\xef\xbb\xbfGET / HTTP/1.1\r\nHost: HOST\r\n\r\n',
} as const;

export const REQUEST_LINES: readonly Case[] = [
  ...Object.entries(MALFORMED).map(([name, line]) => refused(name, head(line, `Host: ${HOST}`))),
  ...VERSIONS.map((version) => refused(`version ${version}`, head(`GET / ${version}`, `Host: ${HOST}`), [400, 505])),
  ...octets(0x01, 0x1f)
    .concat(NO_METHOD, 0x7f)
    .map((octet) =>
      refused(`method with ${octetName(octet)}`, head(`G${String.fromCharCode(octet)}T / HTTP/1.1`, `Host: ${HOST}`)),
    ),
  ...METHODS.map((method) => passed(`method ${method}`, get().replace('GET', method), { line: `${method} /` })),
  ...['CONNECT', 'TRACE', 'TRACK'].map((method) =>
    refused(`method ${method}`, head(`${method} / HTTP/1.1`, `Host: ${HOST}`), [405, 501]),
  ),
  refused('CONNECT to another host', head('CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443'), [405, 400]),
  ...Object.entries(LINE_ENDS).map(([name, bytes]) => refused(name, bytes.replace('HOST', HOST))),
  passed('one empty line before the request line', `\r\n${get()}`, { line: 'GET /' }),
  refused('a TLS handshake on whatever this is', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  refused('SSH', 'SSH-2.0-OpenSSH_9.9\r\n'),
];
