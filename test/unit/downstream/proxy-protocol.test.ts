import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProxyHeader, readProxyHeader } from '../../../src/downstream/proxy-protocol.ts';

const V2 = '\r\n\r\n\0\r\nQUIT\n';

function v1(line: string): ProxyHeader {
  return readProxyHeader(Buffer.from(line, 'latin1'));
}

/** @param rest addresses and TLVs; its length is stated unless `length` is given */
function v2(command: number, family: number, rest: readonly number[], length = rest.length): Buffer {
  return Buffer.from([...Buffer.from(V2, 'latin1'), command, family, length >> 8, length & 0xff, ...rest]);
}

const IPV4 = [203, 0, 113, 9, 127, 0, 0, 1, 0x10, 0x00, 0x01, 0xbb];
const IPV6 = [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 9, ...new Array<number>(16).fill(0), 0, 1, 0, 2];

const GOOD_LINES: readonly (readonly [line: string, address: string | null])[] = [
  ['PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\r\n', '203.0.113.9'],
  ['PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n', '255.255.255.255'],
  ['PROXY TCP6 2001:DB8::9 ::1 0 443\r\n', '2001:db8::9'],
  ['PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n', '192.0.2.1'],
  ['PROXY UNKNOWN\r\n', null],
  ['PROXY UNKNOWN ffff::1 what ever\r\n', null],
];

for (const [line, address] of GOOD_LINES) {
  test(`version 1: ${JSON.stringify(line)} is read, and nothing behind it`, () => {
    const source = address === null ? { kind: 'unknown' } : { kind: 'client', address };
    assert.deepEqual(v1(`${line}GET / HTTP/1.1\r\n`), { kind: 'header', length: line.length, source });
  });
}

const BAD_LINES = [
  'PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\n',
  'PROXY TCP4  203.0.113.9 127.0.0.1 4096 443\r\n',
  'PROXY  TCP4 203.0.113.9 127.0.0.1 4096 443\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 4096 443 \r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 4096\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 4096 65536\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 04096 443\r\n',
  'PROXY TCP4 203.0.113.9 127.0.0.1 -1 443\r\n',
  'PROXY TCP4 203.0.113.09 127.0.0.1 4096 443\r\n',
  'PROXY TCP4 203.0.113 127.0.0.1 4096 443\r\n',
  'PROXY TCP4 2001:db8::9 ::1 4096 443\r\n',
  'PROXY TCP6 203.0.113.9 127.0.0.1 4096 443\r\n',
  'PROXY TCP6 fe80::1%eth0 ::1 4096 443\r\n',
  'PROXY UDP4 203.0.113.9 127.0.0.1 4096 443\r\n',
  'PROXY tcp4 203.0.113.9 127.0.0.1 4096 443\r\n',
  'PROXY __proto__ a b 1 2\r\n',
  'PROXY \r\n',
  `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`,
  `PROXY TCP4 ${'1'.repeat(107)}`,
];

for (const line of BAD_LINES) {
  test(`version 1: ${JSON.stringify(line)} is malformed`, () => assert.equal(v1(line).kind, 'malformed'));
}

test('version 1: the longest line has 107 bytes', () => {
  const line = `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`;
  assert.equal(line.length, 107);
  assert.equal(v1(line).kind, 'header');
});

test('version 2: the source is read, TLVs are passed over', () => {
  const bytes = v2(0x21, 0x11, [...IPV4, 0x04, 0x00, 0x02, 0xaa, 0xbb]);
  const expected = { kind: 'header', length: 33, source: { kind: 'client', address: '203.0.113.9' } };
  assert.deepEqual(readProxyHeader(Buffer.concat([bytes, Buffer.from('GET /')])), expected);
});

test('version 2: IPv6 is written as sockets write it', () => {
  const expected = { kind: 'header', length: 52, source: { kind: 'client', address: '2001:db8::9' } };
  assert.deepEqual(readProxyHeader(v2(0x21, 0x21, IPV6)), expected);
});

test('version 2: a proxy may speak for itself, or for somebody it does not name', () => {
  const sourceOf = (bytes: Buffer) => {
    const header = readProxyHeader(bytes);
    return header.kind === 'header' ? header.source.kind : header.kind;
  };
  assert.equal(sourceOf(v2(0x20, 0x00, [])), 'proxy');
  assert.equal(sourceOf(v2(0x20, 0x11, IPV4)), 'proxy');
  assert.equal(sourceOf(v2(0x21, 0x00, [])), 'unknown');
  assert.equal(sourceOf(v2(0x21, 0x31, new Array<number>(216).fill(0))), 'unknown');
});

const BAD_BYTES: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['another version', v2(0x11, 0x11, IPV4)],
  ['an unknown command', v2(0x22, 0x11, IPV4)],
  ['datagrams', v2(0x21, 0x12, IPV4)],
  ['an unknown family', v2(0x21, 0x41, IPV4)],
  ['addresses that are cut', v2(0x21, 0x11, IPV4.slice(0, 11))],
  ['IPv6 in the room of IPv4', v2(0x21, 0x21, IPV4)],
];

for (const [what, bytes] of BAD_BYTES) {
  test(`version 2: ${what} is malformed`, () => assert.equal(readProxyHeader(bytes).kind, 'malformed'));
}

test('a header is recognised however its bytes arrive', () => {
  const headers = [Buffer.from(GOOD_LINES[0]![0], 'latin1'), v2(0x21, 0x11, [...IPV4, 1, 0, 0])];
  for (const whole of headers) {
    for (let i = 1; i < whole.length; i++) assert.equal(readProxyHeader(whole.subarray(0, i)).kind, 'partial', `${i}`);
    assert.equal(readProxyHeader(whole).kind, 'header');
  }
});

test('other protocols are none of it, from the first byte that tells', () => {
  const others = ['GET / HTTP/1.1\r\n', 'PROPFIND / ', 'PRI * HTTP/2.0', '\r\n\r\nGET', '\x16\x03\x01', 'POST'];
  for (const other of others) assert.equal(v1(other).kind, 'none', other);
});
