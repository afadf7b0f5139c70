import fc from 'fast-check';
import { of, weighted } from './tools.ts';

export const host = weighted(
  [60, fc.constant<readonly string[]>(['Host: a.example'])],
  [10, fc.constantFrom(['host:A.Example:80'], ['HOST: \t[::1]'], ['Host: a.example.'], ['Host: 127.0.0.1:8080'])],
  [
    1,
    fc.constantFrom(
      [],
      ['Host:'],
      ['Host: a', 'Host: a'],
      ['Host: a b'],
      ['Host: a@b'],
      ['Host: a,b'],
      ['Host: a:0x50'],
      ['Host : a'],
    ),
  ],
);

const NAMES = [
  'X-A',
  'x-a',
  'Accept',
  'Cookie',
  'X-Kept',
  'X_Under',
  'X-Ostiary-User',
  'X-Forwarded-For',
  'TE',
  'Via',
  'Keep-Alive',
  'Trailer',
  'Proxy-Authorization',
  'Transfer_Encoding',
  'Content_Length',
  'Content-Length-',
  'User-Agent',
];
export const VALUES = [
  '',
  '1',
  ' two  words ',
  'a,b',
  '\tx\t',
  '\xe4\xff',
  '"q\\"',
  'chunked',
  'trailers',
  'a=b; c=d',
  'close',
];
const plainField = fc.tuple(of(...NAMES), of(':', ': ', ':\t', ':  '), of(...VALUES)).map((parts) => parts.join(''));
export const connectionField = of(
  'Connection: close',
  'Expect: 100-continue',
  'Expect: 100-Continue',
  'Upgrade: h2c',
  'Connection: keep-alive',
  'connection: X-A',
  'Connection: close, x-kept',
  'Connection:',
  'Connection: Host, content-length',
  'Connection: upgrade',
  'Connection: ,close',
);
const oddField = of(
  ' folded: 1',
  '\tx',
  'X : 1',
  ': 1',
  'X',
  'X\xe9: 1',
  'X: \x00',
  'X: a\x0bb',
  'X: a\x7f',
  '(x): 1',
  'X: a\rb',
  'X: a\nY: b',
  'Expect: x',
  'Upgrade: websocket',
  'HTTP2-Settings: x',
);
export const field = weighted([60, plainField], [12, connectionField], [2, oddField]);
