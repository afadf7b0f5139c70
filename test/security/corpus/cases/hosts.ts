import { type Case, HOST, head, octetName, octets, passed, refused } from '../case.ts';

const request = (...fields: string[]): string => head('GET / HTTP/1.1', ...fields, 'Connection: close');
const UNKNOWN = [400, 404, 421];

/** RFC 9110 4.2.3: the same host in another spelling. */
const SAME = [
  HOST,
  HOST.toUpperCase(),
  'App.Gate.LocalHost',
  `${HOST}.`,
  `${HOST.toUpperCase()}.`,
  `${HOST}:8080`,
  `${HOST}.:8080`,
  `  ${HOST}`,
  `${HOST}  `,
  `\t${HOST}\t`,
];

export const MALFORMED_HOSTS = [
  ...[
    '',
    ' ',
    ',',
    '.',
    '..',
    ':',
    ':80',
    '@',
    '/',
    '*',
    '%',
    '[',
    ']',
    '[]',
    '[:',
    '[::1',
    '::1',
    '[::1]x',
    '[::1%eth0]',
    '[zz]',
  ],
  ...[
    `.${HOST}`,
    `${HOST}..`,
    'app..gate.localhost',
    `${HOST}:`,
    `${HOST}:x`,
    `${HOST}:-1`,
    `${HOST}:+80`,
    `${HOST}:0x50`,
  ],
  ...[
    `${HOST}:65536`,
    `${HOST}:99999`,
    `${HOST}:000080`,
    `${HOST}:80:80`,
    `${HOST}: 80`,
    `${HOST} :80`,
    `${HOST}:80x`,
    `${HOST}:8 0`,
  ],
  ...[
    `user@${HOST}`,
    `user:secret@${HOST}`,
    `@${HOST}`,
    `${HOST}@evil.example`,
    `evil.example@${HOST}`,
    `http://${HOST}`,
  ],
  ...[
    `${HOST}/`,
    `${HOST}/admin`,
    `${HOST}?x`,
    `${HOST}#x`,
    `${HOST}\\evil`,
    `//${HOST}`,
    `${HOST};x`,
    `${HOST},evil.example`,
  ],
  ...[
    `${HOST}, ${HOST}`,
    `${HOST} ${HOST}`,
    `${HOST} evil.example`,
    `evil.example ${HOST}`,
    `"${HOST}"`,
    `<${HOST}>`,
    `(${HOST})`,
  ],
  ...[
    'app%2egate.localhost',
    `${HOST}%00`,
    `${HOST}%0d%0a`,
    'app_gate.localhost',
    '_app.gate.localhost',
    'app.g\xe4te.localhost',
  ],
  ...[
    'a.0x7f',
    '0x7f.1',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '127.0.0.256',
    '1.2.3.4.5',
    `${'a'.repeat(64)}.gate.localhost`,
  ],
  ...[
    `${'a.'.repeat(140)}localhost`,
    `${HOST}${'.a'.repeat(200)}`,
    '$(id)',
    '{{7*7}}',
    "app'gate.localhost",
    'app`gate.localhost',
  ],
];

export const OTHER_HOSTS = [
  ...[
    'evil.example',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    'x',
    '169.254.169.254',
    'metadata.google.internal',
  ],
  ...[
    `evil.${HOST}`,
    `${HOST}.evil.example`,
    `x${HOST}`,
    `${HOST}x`,
    'app.gate',
    'app',
    'xn--app.gate.localhost',
    'nobody.gate.localhost',
  ],
];

const NONE = {
  'no Host': request('X: y'),
  'no Host in HTTP/1.0': 'GET / HTTP/1.0\r\n\r\n',
  'two equal Hosts': request(`Host: ${HOST}`, `Host: ${HOST}`),
  'two Hosts': request(`Host: ${HOST}`, 'Host: evil.example'),
  'two Hosts, the other way round': request('Host: evil.example', `Host: ${HOST}`),
  'two Hosts in two cases': request(`Host: ${HOST}`, `hOST: ${HOST}`),
  'a Host and an empty one': request(`Host: ${HOST}`, 'Host:'),
  'an empty Host and another': request('Host:', `Host: ${HOST}`),
  'three Hosts': request(`Host: ${HOST}`, 'Host: a', 'Host: b'),
  'a Host with a blank before the colon': request(`Host : ${HOST}`),
  'a Host behind a blank': head('GET / HTTP/1.1', ` Host: ${HOST}`),
  'a folded Host': request(`Host:\r\n ${HOST}`),
  'a folded second line of Host': request(`Host: ${HOST}\r\n evil.example`),
  'a Host with a NUL': request(`Host: ${HOST}\x00`),
  'a Host with a bare CR': request(`Host: ${HOST}\rX: y`),
  'a Host with a bare LF': request(`Host: ${HOST}\nX: y`),
  'Host only as X-Forwarded-Host': request(`X-Forwarded-Host: ${HOST}`),
  'Host only as :authority': request(`:authority: ${HOST}`),
} as const;

/** What some server takes for the host, beside the one that it is. */
const ASIDE = [
  'X-Forwarded-Host',
  'X-Host',
  'X-Original-Host',
  'X-Forwarded-Server',
  'X-HTTP-Host-Override',
  'Forwarded',
  'X_Host',
];

export const HOSTS: readonly Case[] = [
  ...SAME.map((host) => passed(`host ${JSON.stringify(host)}`, request(`Host:${host}`), { line: 'GET /' })),
  ...MALFORMED_HOSTS.map((host) => refused(`host ${JSON.stringify(host)}`, request(`Host: ${host}`), [400, 421])),
  ...OTHER_HOSTS.map((host) => refused(`host ${host} is unknown`, request(`Host: ${host}`), UNKNOWN)),
  ...Object.entries(NONE).map(([name, bytes]) => refused(name, bytes)),
  ...octets(0x01, 0x1f)
    .filter((octet) => octet !== 0x09)
    .concat(0x7f, 0x80, 0xa0, 0xff)
    .map((octet) =>
      refused(`host with ${octetName(octet)}`, request(`Host: app${String.fromCharCode(octet)}.gate.localhost`)),
    ),
  ...ASIDE.map((name) =>
    passed(`${name} names no host`, request(`Host: ${HOST}`, `${name}: secret.gate.localhost`), { line: 'GET /' }),
  ),
];
