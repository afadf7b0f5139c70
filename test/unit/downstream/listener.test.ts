import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { createDemoCertificates } from '../../../src/dev/demo-certificates.ts';
import { listen } from '../../../src/downstream/listener.ts';
import type { Body, BodySink } from '../../../src/gateway/body.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import type { Response } from '../../../src/gateway/outcome.ts';
import { get, send, snapshotWith, startRecorder, statusesOf, statusOf, text, until } from '../../security/support.ts';
import { tlsWith } from '../../support/tls-settings.ts';

/** A body that the test feeds by hand. */
class ManualBody implements Body {
  readonly length: number | null = null;
  sink: BodySink | null = null;
  resumed = 0;
  destroyed = false;

  pipe(sink: BodySink): void {
    this.sink = sink;
  }

  resume(): void {
    this.resumed++;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function answerOf(body: Body | null, status = 200, fields: readonly (readonly [string, string])[] = []): Response {
  return { status, headers: HeaderList.from(fields), body };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

test('a connection is kept for the next request', async () => {
  await using recorder = await startRecorder();
  const last = 'GET /2 HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n';
  assert.deepEqual(statusesOf(await send(recorder.port, REQUEST + last)), [200, 200]);
});

test('bytes in both directions are counted', async () => {
  await using recorder = await startRecorder();
  await send(
    recorder.port,
    'POST / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
  );
  assert.equal(recorder.bodies[0], 'hello');
  assert.equal(recorder.settled[0]?.bytesReceived, 5);
  assert.equal(recorder.settled[0]?.bytesSent, 2);
});

test('a request without a body has none; an empty one neither', async () => {
  await using recorder = await startRecorder();
  await get(recorder.port, '/');
  await get(recorder.port, '/', ['Host: a.example', 'Content-Length: 0']);
  await until(() => recorder.settled.length === 2);
  assert.deepEqual(
    recorder.settled.map(({ body }) => body),
    [null, null],
  );
});

test('a known length is stated, an unknown one is chunked, and closes HTTP/1.0', async () => {
  const streamed = (): Response =>
    answerOf({
      length: null,
      pipe: (sink) => {
        sink.write(Buffer.from('abc'));
        sink.end(null);
      },
      resume: () => {},
      destroy: () => {},
    });
  await using known = await startRecorder({ answer: () => text(200, 'abc') });
  await using unknown = await startRecorder({ answer: streamed });
  assert.match(await get(known.port, '/'), /content-length: 3\r\n[\s\S]*\r\n\r\nabc$/);
  assert.match(await get(unknown.port, '/'), /transfer-encoding: chunked\r\n[\s\S]*\r\n3\r\nabc\r\n0\r\n\r\n$/);
  const old = await send(unknown.port, 'GET / HTTP/1.0\r\nHost: a.example\r\n\r\n');
  assert.doesNotMatch(old, /chunked/i);
  assert.match(old, /\r\n\r\nabc$/);
});

const BODYLESS: readonly (readonly [method: string, status: number, length: string | null])[] = [
  ['HEAD', 200, '42'],
  ['GET', 304, '42'],
  ['GET', 204, null],
];

for (const [method, status, length] of BODYLESS) {
  test(`${method} ${status} has no body, and states the length ${length}`, async () => {
    const body = new ManualBody();
    await using recorder = await startRecorder({ answer: () => answerOf(body, status, [['content-length', '42']]) });
    const answer = await send(recorder.port, `${method} / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`);
    assert.equal(statusOf(answer), status);
    assert.equal(/content-length: (\d+)/.exec(answer)?.[1] ?? null, length);
    assert.match(answer, /\r\n\r\n$/);
    assert.equal(body.destroyed, true);
  });
}

test('hop-by-hop fields and stated framing of an answer are not sent', async () => {
  const fields = [
    ['content-length', '99'],
    ['transfer-encoding', 'gzip'],
    ['connection', 'upgrade'],
    ['upgrade', 'h2c'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ] as const;
  await using recorder = await startRecorder({ answer: () => text(200, 'abc', fields) });
  const answer = await get(recorder.port, '/');
  assert.doesNotMatch(answer, /99|gzip|upgrade/i);
  assert.match(answer, /set-cookie: a=1\r\nset-cookie: b=2\r\n/);
});

test('the head goes out before the first byte of a silent stream', async () => {
  const body = new ManualBody();
  const answer = (x: Exchange) => {
    x.isOpenStream = true; // as the kernel marks event streams
    return answerOf(body);
  };
  await using recorder = await startRecorder({ answer });
  await send(recorder.port, REQUEST, (received) => received.includes('\r\n\r\n'));
  await until(() => body.destroyed);
  assert.equal(recorder.settled[0]?.aborted, true);
});

test('a slow reader holds the body back, and lets it go on', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({ answer: () => answerOf(body) });
  const client = connectTcp(recorder.port, '127.0.0.1', () => client.write(REQUEST));
  client.on('error', () => {}).pause();
  await until(() => body.sink !== null);
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  while (body.sink!.write(chunk)) written++;
  assert.ok(written < 1024, 'the writer never held back');
  assert.equal(body.resumed, 0);
  client.resume();
  await until(() => body.resumed > 0);
  body.sink!.end(null);
  await until(() => recorder.settled.length === 1);
  assert.equal(recorder.settled[0]?.aborted, false);
  client.destroy();
});

test('a reader of the request body holds the client back', async () => {
  let arrived = 0;
  let release = (): void => {};
  await using recorder = await startRecorder({
    answer: (x) =>
      new Promise((resolve) => {
        release = () => x.body!.resume();
        x.body!.pipe({
          write: (chunk) => {
            arrived += chunk.byteLength;
            return false;
          },
          end: () => resolve(text(200, 'ok')),
          fail: () => resolve(text(400, 'cut off')),
        });
      }),
  });
  const total = 8 * 1024 * 1024;
  const client = connectTcp(recorder.port, '127.0.0.1');
  let answer = '';
  client.setEncoding('latin1').on('data', (data) => {
    answer += data;
  });
  client.write(`POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${total}\r\n\r\n`);
  client.write(Buffer.alloc(total));
  await until(() => arrived > 0);
  const held = arrived;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(arrived, held);
  assert.ok(arrived < total);
  await until(() => {
    release();
    return answer !== '';
  });
  assert.equal(arrived, total);
  assert.equal(statusOf(answer), 200);
  client.destroy();
});

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

test('an answer that begins while draining says that it is the last', async () => {
  let go = (): void => {};
  await using recorder = await startRecorder({
    answer: () => new Promise((resolve) => (go = () => resolve(text(200, 'ok')))),
  });
  const answer = send(recorder.port, REQUEST);
  await until(() => recorder.heads.length === 1);
  const drained = recorder.listener.drain(60_000);
  go();
  assert.match(await answer, /connection: close/i);
  await drained;
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
