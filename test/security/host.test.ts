import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, type Recorder, send, startRecorder, statusOf } from './support.ts';

/** R15, R16, R19: what names the host, and that there is one answer to it. */
let recorder: Recorder;
before(async () => {
  recorder = await startRecorder();
});
after(() => recorder[Symbol.asyncDispose]());

const SAME: readonly (readonly [field: string, host: string, authority: string])[] = [
  ['a.example', 'a.example', 'a.example'],
  ['A.Example', 'a.example', 'a.example'],
  ['a.example.', 'a.example', 'a.example'],
  ['a.example:80', 'a.example', 'a.example'],
  ['a.example.:80', 'a.example', 'a.example'],
  ['a.example:8080', 'a.example', 'a.example:8080'],
  ['a.example:443', 'a.example', 'a.example:443'],
  ['127.0.0.1:9', '127.0.0.1', '127.0.0.1:9'],
  ['[::1]', '[::1]', '[::1]'],
  ['[0:0:0:0:0:0:0:1]:81', '[::1]', '[::1]:81'],
  ['[2001:DB8::A]', '[2001:db8::a]', '[2001:db8::a]'],
];

for (const [field, host, authority] of SAME) {
  test(`Host: ${field}`, async () => {
    assert.equal(statusOf(await get(recorder.port, '/', [`Host: ${field}`])), 200);
    assert.equal(recorder.heads.at(-1)?.host, host);
    assert.equal(recorder.heads.at(-1)?.authority, authority);
  });
}

const REFUSED: readonly string[] = [
  '',
  '.',
  'a..example',
  '.a.example',
  'a.example..',
  'a_b.example',
  'a example',
  'a.example:',
  'a.example:0',
  'a.example:080',
  'a.example:65536',
  'a.example:99999999',
  'a.example:80x',
  'a.example:+80',
  'a.example:80:80',
  'user@a.example',
  'a.example@evil.example',
  'a.example/evil',
  'a.example?x',
  'a.example#x',
  'a.example\\evil',
  'a.example,evil.example',
  'a%2eexample',
  'b\xfccher.example',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '0x',
  'a.0x',
  '0xz.0x1',
  '256.0.0.1',
  '[::1',
  '::1',
  '[::1]x',
  '[fe80::1%25eth0]',
  '[fe80::1%eth0]',
  '[127.0.0.1]',
  '"a.example"',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(130)}example`,
];

for (const field of REFUSED) {
  test(`Host: ${field || '(empty)'} is refused`, async () => {
    const served = recorder.heads.length;
    assert.equal(statusOf(await get(recorder.port, '/', [`Host: ${field}`])), 400);
    assert.equal(recorder.heads.length, served);
  });
}

test('a request without a Host, or with two, is refused', async () => {
  const served = recorder.heads.length;
  assert.equal(statusOf(await get(recorder.port, '/', [])), 400);
  assert.equal(statusOf(await get(recorder.port, '/', ['Host: a.example', 'Host: b.example'])), 400);
  assert.equal(statusOf(await get(recorder.port, '/', ['Host: a.example', 'hOST: a.example'])), 400);
  assert.equal(statusOf(await send(recorder.port, 'GET / HTTP/1.0\r\n\r\n')), 400);
  assert.equal(recorder.heads.length, served);
  assert.equal(recorder.unparsed.at(-1)?.reason, 'bad-host');
});

const ABSOLUTE: readonly (readonly [target: string, status: number])[] = [
  ['http://a.example/x', 200],
  ['HTTP://A.EXAMPLE/x', 200],
  ['http://a.example:80/x', 200],
  ['http://a.example', 200],
  ['http://a.example?q', 200],
  ['http://b.example/x', 421],
  ['http://a.example:81/x', 421],
  ['http://a.example.evil.example/', 421],
  ['http://user@a.example/', 400],
  ['http://user:pass@a.example/', 400],
  ['http://a.example@evil.example/', 400],
  ['http:///x', 400],
  ['http://a.example\\evil/', 400],
  ['http://a.example#x', 400],
  ['ftp://a.example/', 400],
  ['file:///etc/passwd', 400],
  ['ws://a.example/', 400],
];

for (const [target, status] of ABSOLUTE) {
  test(`absolute form ${target}: ${status}`, async () => {
    assert.equal(statusOf(await get(recorder.port, target)), status);
  });
}

test('CONNECT and TRACE are refused', async () => {
  const served = recorder.heads.length;
  const connect = await send(recorder.port, 'CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n');
  assert.equal(statusOf(connect), 405);
  assert.match(connect, /\r\nallow: GET/);
  const trace = await send(recorder.port, 'TRACE / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  assert.equal(statusOf(trace), 405);
  assert.equal(recorder.heads.length, served);
});
