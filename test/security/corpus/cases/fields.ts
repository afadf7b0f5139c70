import { type Case, get, octetName, octets, passed, refused } from '../case.ts';

const LINES = {
  'a folded field': 'X: y\r\n z',
  'a folded field with a tab': 'X: y\r\n\tz',
  'a fold that looks like a field': 'X: y\r\n Content-Length: 5',
  'a fold behind an empty value': 'X:\r\n y',
  'a line of blanks': 'X: y\r\n  ',
  'a blank before the colon': 'X : y',
  'a tab before the colon': 'X\t: y',
  'a blank before the name': ' X: y',
  'a blank in the name': 'X Y: z',
  'no colon': 'X',
  'no colon, with a value': 'X y',
  'no name': ': y',
  'a colon alone': ':',
  'a pseudo field': ':path: /admin',
  'a bare CR in a value': 'X: y\rContent-Length: 5',
  'a bare LF in a value': 'X: y\nContent-Length: 5',
  'a bare CR before the end': 'X: y\r',
  'LF CR': 'X: y\n\rZ: 1',
  'a request line among the fields': 'GET /smuggled HTTP/1.1',
} as const;

const SEPARATORS = [...'(),/;<=>?@[\\]{}"'].map((character) => character.charCodeAt(0));
const NAME_OCTETS = [
  ...octets(0x00, 0x20).filter((octet) => octet !== 0x0a && octet !== 0x0d),
  ...SEPARATORS,
  0x7f,
  0x80,
  0x85,
  0xa0,
  0xc3,
  0xff,
];
const VALUE_CONTROLS = [...octets(0x00, 0x08), 0x0a, 0x0b, 0x0c, 0x0d, ...octets(0x0e, 0x1f), 0x7f];

/** A value as it is written, and as the upstream sees it. */
const VALUES = {
  '': '',
  ' ': '',
  '\t': '',
  y: 'y',
  '  y': 'y',
  'y  ': 'y',
  '\ty\t': 'y',
  'y z': 'y z',
  'y\tz': 'y\tz',
  'a: b': 'a: b',
  '"quoted, text"': '"quoted, text"',
  '\xe4\xf6\xfc': '\xe4\xf6\xfc',
  '\x80\xff': '\x80\xff',
  '\xa0y\xa0': '\xa0y\xa0',
  "<script>alert('x')</script>": "<script>alert('x')</script>",
  '%{jndi:ldap://x}': '%{jndi:ldap://x}',
  '() { :;}; x': '() { :;}; x',
} as const;

const NAMES = ["X!#$%&'*+-.^`|~9", 'constructor', 'hasOwnProperty', 'toString', 'x', 'X-a-B-c', '0'];

export const FIELDS: readonly Case[] = [
  ...Object.entries(LINES).map(([name, line]) => refused(name, get(line))),
  ...NAME_OCTETS.flatMap((octet) => {
    const character = String.fromCharCode(octet);
    return [
      refused(`name with ${octetName(octet)}`, get(`X${character}Y: z`)),
      refused(`name behind ${octetName(octet)}`, get(`${character}Y: z`)),
      refused(`name before ${octetName(octet)}`, get(`X${character}: z`)),
    ];
  }),
  ...VALUE_CONTROLS.flatMap((octet) => {
    const character = String.fromCharCode(octet);
    return [
      refused(`value with ${octetName(octet)}`, get(`X: y${character}z`)),
      refused(`value behind ${octetName(octet)}`, get(`X: ${character}z`)),
    ];
  }),
  ...Object.entries(VALUES).map(([value, seen]) =>
    passed(`value ${JSON.stringify(value)}`, get(`X-Value:${value}`), { line: 'GET /', has: { 'x-value': [seen] } }),
  ),
  ...NAMES.map((name) =>
    passed(`name ${name}`, get(`${name}: y`), { line: 'GET /', has: { [name.toLowerCase()]: ['y'] } }),
  ),
  passed('a field three times', get('X-Many: 1', 'x-many: 2', 'X-MANY: 3'), {
    line: 'GET /',
    has: { 'x-many': ['1', '2', '3'] },
  }),
];
