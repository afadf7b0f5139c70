/** Who may say where a connection comes from: trusted peers only, once, and before anything else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, startRecorder, statusesOf, statusOf } from './support.ts';

const TRUSTED = { trustedProxies: ['127.0.0.1'] };
const HEADER = 'PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\r\n';
const HEADER_V2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xcb\x00\x71\x09\x7f\x00\x00\x01\x10\x00\x01\xbb';
const SPOOFED = 'X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\n';

function request(fields = '', connection = 'close'): string {
  return `GET / HTTP/1.1\r\nHost: a.example\r\n${fields}Connection: ${connection}\r\n\r\n`;
}

for (const header of [HEADER, HEADER_V2]) {
  const version = header === HEADER ? 1 : 2;

  test(`an untrusted peer's header of version ${version} is a malformed request`, async () => {
    await using recorder = await startRecorder({ trustedProxies: ['203.0.113.9'] });
    assert.equal(statusOf(await send(recorder.port, header + request())), 400);
    assert.deepEqual(recorder.heads, []);
    assert.equal(recorder.unparsed[0]!.clientAddress, '127.0.0.1');
  });

  test(`a trusted peer's header of version ${version} gives the address, which is then judged like any peer`, async () => {
    await using recorder = await startRecorder(TRUSTED);
    assert.equal(statusOf(await send(recorder.port, header + request(SPOOFED))), 200);
    const { clientAddress, scheme } = recorder.heads[0]!;
    assert.deepEqual([clientAddress, scheme], ['203.0.113.9', 'http']);
  });

  test(`a header of version ${version} before a later request of the connection is a malformed request`, async () => {
    await using recorder = await startRecorder(TRUSTED);
    const answers = await send(recorder.port, request('', 'keep-alive') + header + request());
    assert.deepEqual(statusesOf(answers), [200, 400]);
    assert.deepEqual(
      recorder.heads.map(({ clientAddress }) => clientAddress),
      ['127.0.0.1'],
    );
  });
}

test('forwarding fields are believed when the stated address is trusted itself', async () => {
  await using recorder = await startRecorder({ trustedProxies: ['127.0.0.1', '203.0.113.0/24'] });
  await send(recorder.port, HEADER + request(SPOOFED));
  assert.equal(recorder.heads[0]!.clientAddress, '198.51.100.1');
});

test('a client that its proxy does not name cannot name itself', async () => {
  await using recorder = await startRecorder(TRUSTED);
  const unspecified = '\r\n\r\n\0\r\nQUIT\n\x21\x00\x00\x00';
  for (const header of ['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN 203.0.113.9 127.0.0.1 1 2\r\n', unspecified]) {
    await send(recorder.port, header + request(SPOOFED));
  }
  assert.deepEqual(
    recorder.heads.map(({ clientAddress }) => clientAddress),
    ['0.0.0.0', '0.0.0.0', '0.0.0.0'],
  );
});

const MALFORMED = [
  'PROXY TCP4 203.0.113.9 127.0.0.1 4096 443\n',
  'PROXY TCP4 203.0.113.9\t127.0.0.1 4096 443\r\n',
  'PROXY TCP4 203.0.113.9,10.0.0.1 127.0.0.1 4096 443\r\n',
  'PROXY TCP4 203.0.113.9\0 127.0.0.1 4096 443\r\n',
  'PROXY TCP4 0xcb.0.113.9 127.0.0.1 4096 443\r\n',
  'PROXY TCP4 3405803785 127.0.0.1 4096 443\r\n',
  'PROXY TCP6 203.0.113.9 127.0.0.1 4096 443\r\n',
  `PROXY TCP4 203.0.113.9 127.0.0.1 4096 443${' '.repeat(80)}\r\n`,
  '\r\n\r\n\0\r\nQUIT\n\x11\x11\x00\x0c\xcb\x00\x71\x09\x7f\x00\x00\x01\x10\x00\x01\xbb',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x04\xcb\x00\x71\x09',
];

for (const header of MALFORMED) {
  test(`nothing is served behind ${JSON.stringify(header).slice(0, 60)}`, async () => {
    await using recorder = await startRecorder(TRUSTED);
    assert.equal(await send(recorder.port, header + request()), '');
    assert.deepEqual(recorder.heads, []);
  });
}

test('a stated length is not waited for longer than for a head', async () => {
  await using recorder = await startRecorder({ ...TRUSTED, limits: { headTimeout: 40 } });
  assert.equal(await send(recorder.port, `\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff${request()}`), '');
  assert.deepEqual(recorder.heads, []);
});
