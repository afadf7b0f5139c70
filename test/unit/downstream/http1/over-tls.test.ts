import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { readBody } from '../../../../src/gateway/body.ts';
import { startRecorder, statusesOf, until } from '../../../security/support.ts';
import { TestAuthority } from '../../../support/certificates.ts';
import { answerOf, ManualBody, streamed } from '../../../support/manual-body.ts';
import { tlsWith } from '../../../support/tls-settings.ts';

const authority = new TestAuthority();
const tls = tlsWith([authority.server({ dns: ['a.example'] })]);

async function open(port: number): Promise<TLSSocket> {
  const client = connect({
    port,
    host: '127.0.0.1',
    servername: 'a.example',
    ca: authority.ca,
    ALPNProtocols: ['http/1.1'],
  });
  await new Promise((resolve, reject) => client.on('secureConnect', resolve).on('error', reject));
  return client.setEncoding('latin1');
}

test('bodies of a megabyte pass both ways, one exchange after another', async () => {
  const received: number[] = [];
  await using recorder = await startRecorder({
    tls,
    answer: async (x) => {
      const read = await readBody(x.body!, 2 ** 24);
      received.push(read.kind === 'complete' ? read.bytes.length : -1);
      return answerOf(streamed(Buffer.alloc(2 ** 20, 'a'), Buffer.alloc(10, 'b')));
    },
  });
  const client = await open(recorder.port);
  let text = '';
  client.on('data', (data) => {
    text += data;
  });
  for (let i = 1; i <= 2; i++) {
    client.write(`POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${2 ** 20}\r\n\r\n`);
    client.write(Buffer.alloc(2 ** 20));
    await until(() => statusesOf(text).length === i && text.endsWith('bbbbbbbbbb\r\n0\r\n\r\n'));
  }
  assert.deepEqual(received, [2 ** 20, 2 ** 20]);
  assert.deepEqual(statusesOf(text), [200, 200]);
  assert.equal(text.match(/a/g)!.length > 2 ** 21, true);
  await until(() => recorder.settled.length === 2);
  assert.deepEqual(
    recorder.settled.map(({ aborted, bytesSent }) => [aborted, bytesSent]),
    [
      [false, 2 ** 20 + 10],
      [false, 2 ** 20 + 10],
    ],
  );
  client.destroy();
});

test('an answer that is cut off never looks complete', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ tls, answer: () => answerOf(body) });
  const client = await open(recorder.port);
  let text = '';
  client
    .on('error', () => {})
    .on('data', (data) => {
      text += data;
    });
  client.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  await until(() => body.sink !== null);
  body.write('half');
  await until(() => text.includes('half'));
  body.sink!.fail(new Error('cut off'));
  await until(() => client.closed);
  assert.doesNotMatch(text, /0\r\n\r\n$/);
  assert.equal(recorder.settled[0]?.aborted, true);
});

test('a host that does not belong to the connection is 421', async () => {
  await using recorder = await startRecorder({ tls });
  const client = await open(recorder.port);
  let text = '';
  client
    .on('error', () => {})
    .on('data', (data) => {
      text += data;
    });
  client.write('GET / HTTP/1.1\r\nHost: b.example\r\n\r\n');
  await until(() => client.closed);
  assert.deepEqual(statusesOf(text), [421]);
  assert.deepEqual(
    recorder.unparsed.map(({ reason }) => reason),
    ['authority-mismatch'],
  );
});
