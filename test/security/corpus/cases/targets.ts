import { type Case, HOST, head, octetName, octets, passed, refused } from '../case.ts';

const request = (target: string): string => head(`GET ${target} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close');
const served = (target: string, seen: string): Case =>
  passed(`target ${target}`, request(target), { line: `GET ${seen}`, without: 'evil' });

/** As they are written, and as the upstream sees them (RFC 3986 6.2.2). */
const SERVED = {
  '/': '/',
  '/?': '/',
  '/a': '/a',
  '/a/': '/a/',
  '/a?b=c': '/a?b=c',
  '/a??b': '/a??b',
  '/a?b?c=/../d': '/a?b?c=/../d',
  '/a?//x': '/a?//x',
  '/a?b=%2F%2e%00%zz%': '/a?b=%2F%2e%00%zz%',
  '/a?b;c=d&e': '/a?b;c=d&e',
  '/a?http://x.example/': '/a?http://x.example/',
  '/a?b\\c"<>^`{|}': '/a?b\\c"<>^`{|}',
  '//x.example/a': '/x.example/a',
  '///a': '/a',
  '/a//b': '/a/b',
  '/./a': '/a',
  '/b/../a': '/a',
  '/../a': '/a',
  '/a/.': '/a/',
  '/a/..': '/',
  '/%61': '/a',
  '/%7e%7E': '/~~',
  '/%c3%a9': '/%C3%A9',
  '/a%20b': '/a%20b',
  '/http://x.example/a': '/http:/x.example/a',
  [`http://${HOST}/a`]: '/a',
  [`HTTP://${HOST}/a`]: '/a',
  [`http://${HOST}`]: '/',
  [`http://${HOST}?b`]: '/?b',
  [`http://${HOST.toUpperCase()}/a`]: '/a',
  [`http://${HOST}./a`]: '/a',
  [`http://${HOST}//b/../a`]: '/a',
};

const REFUSED = [
  '*',
  'a',
  'admin',
  '?a',
  ':80',
  HOST,
  `${HOST}:80`,
  'http:/a',
  'http:a',
  'http://',
  'http:///a',
  '/\\a',
  '\\',
  '\\\\evil\\a',
  '/a\\..\\b',
  '/a#b',
  '#',
  '/a?b#c',
  '/%',
  '/%4',
  '/%gg',
  '/%u0041',
  '/%00',
  '/%0d%0aX:1',
  '/%2f',
  '/%5c',
  '/%252e',
  '/%c0%ae',
  '/%ff',
  '/a;b',
  '/;',
  'file:///etc/passwd',
  'ftp://evil.example/',
  'gopher://evil.example/',
  'javascript:alert(1)',
  'ws://evil.example/',
  `https+unix://${HOST}/`,
];

/** Another authority than the Host field, or none that is one: never forwarded there. */
const FOREIGN = [
  'http://evil.example/',
  'https://evil.example/',
  'http://evil.example',
  `http://${HOST}:81/`,
  `http://${HOST}.evil.example/`,
  `http://evil.example?${HOST}/`,
  `http://evil.example#${HOST}/`,
  `http://evil.example\\${HOST}/`,
  `http://${HOST}\\.evil.example/`,
  `http://user@${HOST}/`,
  `http://user:secret@${HOST}/`,
  `http://${HOST}@evil.example/`,
  `http://${HOST}:80@evil.example/`,
  `http://@${HOST}/`,
  `http://${HOST}:/`,
  `http://${HOST}:x/`,
  `http://${HOST}:99999/`,
  `http://${HOST}%2eevil.example/`,
  `http://${HOST}%00/`,
  'http://127.0.0.1/',
  'http://[::1]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://localhost/',
];

export const TARGETS: readonly Case[] = [
  ...Object.entries(SERVED).map(([target, seen]) => served(target, seen)),
  ...REFUSED.map((target) => refused(`target ${target}`, request(target))),
  ...FOREIGN.map((target) => refused(`target ${target}`, request(target), [400, 404, 421])),
  ...octets(0x00, 0x1f)
    .concat(octets(0x7f, 0x82), 0xa0, 0xc3, 0xff)
    .flatMap((octet) => {
      const character = String.fromCharCode(octet);
      return [
        refused(`path with ${octetName(octet)}`, request(`/a${character}b`)),
        refused(`query with ${octetName(octet)}`, request(`/a?${character}b`)),
      ];
    }),
];
