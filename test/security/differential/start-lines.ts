import fc from 'fast-check';
import { of, weighted } from './tools.ts';

export const method = weighted(
  [60, of('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS')],
  [1, of('PURGE', 'M-SEARCH', 'SEARCH', 'QUERY', 'PROPFIND', 'FOO', 'get', 'Post', 'TRACE', 'CONNECT', 'TRACK', 'PRI')],
);

const PATH_PIECES = [
  '/',
  '/a',
  '/admin',
  '/.',
  '/..',
  '//',
  '%2e',
  '%2E%2E',
  '%61',
  '%C3%A9',
  '~',
  '%7e',
  '[',
  '"',
  '|',
];
const ODD_PIECES = ['%2f', '%5c', '\\', '%00', '%', '%zz', ';', '%3b', '#', '%25', '%252e', '%20', '\xe9', '\x7f', ' '];
const path = fc
  .array(weighted([120, of(...PATH_PIECES)], [1, of(...ODD_PIECES)], [20, of('x', '-', '_', '@', ':')]), {
    maxLength: 5,
  })
  .map((pieces) => `/${pieces.join('')}`);
const query = weighted(
  [30, fc.constant('')],
  [20, of('?', '?a=b', '?/../x', '?a=%00', '??', '?a=b;c')],
  [1, of('?#', '?\xe9', '?"')],
);
const originForm = fc.tuple(path, query).map((parts) => parts.join(''));
const authority = of(
  'a.example',
  'A.Example',
  'a.example:80',
  'a.example.',
  'b.example',
  'u@a.example',
  'a.example:81',
  '',
);
const absoluteForm = fc
  .tuple(of('http://', 'HTTP://', 'https://', 'ftp://'), authority, weighted([3, originForm], [1, of('', '?x')]))
  .map((parts) => parts.join(''));
export const target = weighted(
  [60, originForm],
  [6, absoluteForm],
  [1, of('*', 'a.example:80', 'x', '', '//', '/a b')],
);

export const version = weighted(
  [60, fc.constant('HTTP/1.1')],
  [5, fc.constant('HTTP/1.0')],
  [1, of('HTTP/1.2', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ', 'HTTP/01.1', '')],
);
