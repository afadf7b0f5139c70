import { type Case, get, HOST, head, passed, refused } from '../case.ts';

const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `X-${i}: y`);
const request = (target: string): string => head(`GET ${target} HTTP/1.1`, `Host: ${HOST}`, 'Connection: close');

/** R64: 414 for a request line of more than 16 KiB, 431 for more than 32 KiB or 100 fields. */
export const SIZES: readonly Case[] = [
  passed('a path of 8000 octets', request(`/${'a'.repeat(8_000)}`), { line: `GET /${'a'.repeat(8_000)}` }),
  passed('a query of 8000 octets', request(`/?${'a'.repeat(8_000)}`), { line: `GET /?${'a'.repeat(8_000)}` }),
  refused('a path of 20000 octets', request(`/${'a'.repeat(20_000)}`), [414]),
  refused('a query of 20000 octets', request(`/?${'a'.repeat(20_000)}`), [414]),
  refused('a path of 100000 octets', request(`/${'a'.repeat(100_000)}`), [414]),
  refused('a target that never ends', `GET /${'a'.repeat(70_000)}`, [414]),
  refused('a method that never ends', 'A'.repeat(70_000), [400]),
  passed('90 fields', get(...many(90)), { line: 'GET /', has: { 'x-0': ['y'], 'x-89': ['y'] } }),
  refused('101 fields', get(...many(99)), [431]),
  refused('1000 fields', get(...many(1_000)), [431]),
  passed('a value of 16000 octets', get(`X: ${'y'.repeat(16_000)}`), {
    line: 'GET /',
    has: { x: ['y'.repeat(16_000)] },
  }),
  refused('a value of 40000 octets', get(`X: ${'y'.repeat(40_000)}`), [431]),
  refused('a name of 40000 octets', get(`${'x'.repeat(40_000)}: y`), [431]),
  refused('a value that never ends', `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${'y'.repeat(70_000)}`, [431]),
  refused('a head of 200000 octets', get(...Array.from({ length: 50 }, () => `X: ${'y'.repeat(4_000)}`)), [431]),
];
