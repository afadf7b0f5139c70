import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Recorder, send, startRecorder, statusesOf, statusOf } from './support.ts';

/** R1-R7, R13: request framing that two servers might read in two ways ends the connection. */
let recorder: Recorder;
before(async () => {
  recorder = await startRecorder();
});
after(() => recorder[Symbol.asyncDispose]());

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n';

const REFUSED: readonly (readonly [name: string, request: string])[] = [
  ['Content-Length and Transfer-Encoding (CVE-2026-2835)', post('Content-Length: 5', 'Transfer-Encoding: chunked')],
  ['Transfer-Encoding and Content-Length', post('Transfer-Encoding: chunked', 'Content-Length: 5')],
  ['two Content-Length', post('Content-Length: 0', 'Content-Length: 5')],
  ['two equal Content-Length', post('Content-Length: 0', 'Content-Length: 0')],
  ['a list as Content-Length (CVE-2023-40225)', post('Content-Length: 0, 5')],
  ['a signed Content-Length', post('Content-Length: +5')],
  ['a negative Content-Length', post('Content-Length: -5')],
  ['a hexadecimal Content-Length', post('Content-Length: 0x5')],
  ['an empty Content-Length (CVE-2018-7159)', post('Content-Length:')],
  ['a huge Content-Length (CVE-2021-40346)', post('Content-Length: 99999999999999999999')],
  ['an unsafe Content-Length', post('Content-Length: 9007199254740993')],
  ['a fractional Content-Length', post('Content-Length: 5.0')],
  ['a transfer coding before chunked (CVE-2022-32213)', post('Transfer-Encoding: gzip, chunked')],
  ['chunked twice', post('Transfer-Encoding: chunked, chunked')],
  ['two Transfer-Encoding (CVE-2020-8287)', post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['identity beside chunked', post('Transfer-Encoding: identity', 'Transfer-Encoding: chunked')],
  ['chunked before another (CVE-2019-15605)', post('Transfer-Encoding: chunked, identity')],
  ['identity', post('Transfer-Encoding: identity')],
  ['xchunked', post('Transfer-Encoding: xchunked')],
  ['quoted chunked', post('Transfer-Encoding: "chunked"')],
  ['chunked with a parameter', post('Transfer-Encoding: chunked;q=1')],
  [
    'Transfer-Encoding with a blank before the colon (CVE-2021-22959, CVE-2024-27982)',
    post('Transfer-Encoding : chunked'),
  ],
  ['a folded Transfer-Encoding (CVE-2022-32215)', post('Transfer-Encoding:\r\n chunked')],
  ['a vertical tab before chunked', post('Transfer-Encoding: \x0bchunked')],
  ['a bare CR in a field (CVE-2025-23167)', post('X: a\rTransfer-Encoding: chunked')],
  ['a bare LF in a field (CVE-2022-32214)', post('X: a\nTransfer-Encoding: chunked')],
  ['a NUL in a field', post('X: a\x00b')],
  ['a control in a field', post('X: a\x01b')],
  ['a name with a blank', post('X Y: 1')],
  ['an empty name', post(': 1')],
  ['no colon', post('X')],
  [
    'Transfer-Encoding in HTTP/1.0',
    'POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['bare LF line ends', 'GET / HTTP/1.1\nHost: a.example\n\n'],
  ['a lower-case method', 'get / HTTP/1.1\r\nHost: a.example\r\n\r\n'],
  ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
];

function post(...fields: string[]): string {
  return ['POST / HTTP/1.1', 'Host: a.example', ...fields, '', ''].join('\r\n');
}

for (const [name, request] of REFUSED) {
  test(`${name}: 400, and nothing behind it is served`, async () => {
    const served = recorder.heads.length;
    const answer = await send(recorder.port, request + SMUGGLED);
    assert.deepEqual(statusesOf(answer), [400]);
    assert.match(answer, /\r\nconnection: close\r\n/i);
    assert.match(answer, /"requestId":"[0-9a-f]{24}"/);
    assert.equal(recorder.heads.length, served);
    assert.equal(recorder.unparsed.at(-1)?.status, 400);
  });
}

for (const version of ['0.9', '2.0', '1.2', '3.0']) {
  test(`HTTP/${version} is refused`, async () => {
    const served = recorder.heads.length;
    const status = statusOf(await send(recorder.port, `GET / HTTP/${version}\r\nHost: a.example\r\n\r\n`));
    assert.ok(status === 505 || status === 400, String(status));
    assert.equal(recorder.heads.length, served);
  });
}

const BAD_CHUNKS: readonly (readonly [name: string, body: string])[] = [
  ['a size that is no number', 'Z\r\nabc\r\n0\r\n\r\n'],
  ['a size with a prefix', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a signed size', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a negative size', '-1\r\n\r\n'],
  ['a size that is too large', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
  ['a chunk that is longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a bare LF after the size', '3\nabc\r\n0\r\n\r\n'],
  ['a bare CR after the size', '3\rabc\r\n0\r\n\r\n'],
  ['a bare LF after the data', '3\r\nabc\n0\r\n\r\n'],
];

for (const [name, body] of BAD_CHUNKS) {
  test(`chunks, ${name}: the body never looks complete`, async () => {
    const bodies = recorder.bodies.length;
    const answer = await send(recorder.port, `${post('Transfer-Encoding: chunked')}${body}${SMUGGLED}`);
    assert.deepEqual(statusesOf(answer), [400]);
    assert.equal(recorder.bodies.length, bodies);
    assert.notEqual(recorder.heads.at(-1)?.path, '/smuggled');
  });
}

test('extensions and trailers of chunks are dropped', async () => {
  const body = '3;ext=1\r\nabc\r\n0\r\nX-Ostiary-User: root\r\n\r\n';
  const answer = await send(recorder.port, `${post('Connection: close', 'Transfer-Encoding: chunked')}${body}`);
  assert.equal(statusOf(answer), 200);
  assert.equal(recorder.bodies.at(-1), 'abc');
  assert.deepEqual([...recorder.heads.at(-1)!.headers], []);
});

test('a body of its stated length is not part of the next request', async () => {
  const served = recorder.heads.length;
  const body = SMUGGLED;
  const request = `${post(`Content-Length: ${body.length}`)}${body}GET /next HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`;
  assert.deepEqual(statusesOf(await send(recorder.port, request)), [200, 200]);
  assert.deepEqual(
    recorder.heads.slice(served).map(({ path }) => path),
    ['/', '/next'],
  );
  assert.equal(recorder.bodies.at(-2), SMUGGLED);
});

test('an expectation other than 100-continue is 417 and ends the connection', async () => {
  const served = recorder.heads.length;
  const answer = await send(recorder.port, post('Expect: 200-maybe', 'Content-Length: 0') + SMUGGLED);
  assert.deepEqual(statusesOf(answer), [417]);
  assert.equal(recorder.heads.length, served);
});

test('100-continue is sent when the body is wanted, not before', async () => {
  const wanted = await send(
    recorder.port,
    post('Expect: 100-continue', 'Connection: close', 'Content-Length: 2'),
    (received) => {
      return received.includes('100 Continue');
    },
  );
  assert.equal(statusOf(wanted), 100);
  await using refusing = await startRecorder({
    answer: () => ({ status: 403, headers: recorder.heads[0]!.headers, body: null }),
  });
  const refused = await send(refusing.port, post('Expect: 100-continue', 'Content-Length: 2'));
  assert.deepEqual(statusesOf(refused), [403]);
  assert.match(refused, /connection: close/i);
});
