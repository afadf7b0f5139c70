import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { systemClock } from '../../../src/base/clock.ts';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import { listen } from '../../../src/downstream/listener.ts';
import { get, send, snapshotWith, startRecorder, statusOf, text, until } from '../../security/support.ts';
import { answerOf, ManualBody } from '../../support/manual-body.ts';
import { tlsWith } from '../../support/tls-settings.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

test('draining lets the answer go out, closes the connection and accepts no more', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: () => answerOf(body) });
  const answer = send(recorder.port, REQUEST);
  const idle = connectTcp(recorder.port, '127.0.0.1');
  await until(() => body.sink !== null);
  const drained = recorder.listener.drain(60_000);
  body.sink!.write(Buffer.from('last'));
  body.sink!.end(null);
  assert.match(await answer, /last\r\n0\r\n\r\n$/);
  await drained;
  await until(() => idle.closed);
  await assert.rejects(send(recorder.port, REQUEST), { code: 'ECONNREFUSED' });
});

test('draining ends what does not end by itself', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: () => answerOf(body) });
  const answer = send(recorder.port, REQUEST);
  await until(() => body.sink !== null);
  await recorder.listener.drain(10);
  assert.doesNotMatch(await answer, /0\r\n\r\n$/);
  await until(() => recorder.settled.length === 1);
  assert.equal(recorder.settled[0]?.aborted, true);
});

const OWN_HSTS = [['strict-transport-security', 'max-age=1']] as const;

function hstsOf(answer: string): (string | undefined)[] {
  return [...answer.matchAll(/^strict-transport-security: (.*)\r$/gim)].map((match) => match[1]);
}

function getOverTls(options: ConnectionOptions, path: string, host = 'a.example'): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connectTls(options, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:443\r\nConnection: close\r\n\r\n`),
    );
    socket.setEncoding('latin1').on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  });
}

test('plain HTTP asks for no HTTPS', async () => {
  await using recorder = await startRecorder();
  assert.deepEqual(hstsOf(await get(recorder.port, '/')), []);
});

test('over TLS the scheme is https, and nothing older than TLS 1.2 is spoken', async () => {
  const { ca, cert, key } = createDemoCertificates(['a.example', 'app.localhost']);
  const schemes: string[] = [];
  const unparsed: unknown[] = [];
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: tlsWith([{ cert, key }]),
    clock: systemClock,
    snapshot: () => snapshotWith([]),
    kernel: {
      refusedUnparsed: (request) => void unparsed.push(request),
      handle: (x, writer) => {
        schemes.push(x.request.scheme);
        writer.send(x, text(200, 'ok', x.request.path === '/own' ? OWN_HSTS : []), { settled: () => {} });
      },
    },
  });
  const options = { port: listener.address.port, host: '127.0.0.1', servername: 'a.example', ca };
  const answer = await getOverTls(options, '/');
  assert.equal(statusOf(answer), 200);
  assert.deepEqual(schemes, ['https']);
  assert.deepEqual(hstsOf(answer), ['max-age=31536000']);
  assert.deepEqual(hstsOf(await getOverTls(options, '/own')), ['max-age=1']);
  assert.deepEqual(hstsOf(await getOverTls(options, '/', 'app.localhost')), []);
  const old = connectTls({ ...options, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  await assert.rejects(new Promise((resolve, reject) => old.on('secureConnect', resolve).on('error', reject)));
  assert.equal(statusOf(await get(listener.address.port, '/')), 0);
  assert.deepEqual(unparsed, []);
  await listener.close();
});
