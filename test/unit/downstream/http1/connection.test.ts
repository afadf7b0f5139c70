import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { Response } from '../../../../src/gateway/outcome.ts';
import { type Recorder, send, startRecorder, statusesOf, statusOf, text, until } from '../../../security/support.ts';
import { answerOf, Collector, ManualBody } from '../../../support/manual-body.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';

function post(...fields: readonly string[]): string {
  return ['POST / HTTP/1.1', 'Host: a.example', ...fields, '', ''].join('\r\n');
}

interface Client extends Disposable {
  readonly socket: Socket;
  received: string;
  isOver: boolean;
}

/** A client that keeps its own half open when the server ends. */
function open(port: number): Client {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const client = { socket, received: '', isOver: false, [Symbol.dispose]: () => void socket.destroy() };
  socket.setEncoding('latin1').on('data', (data) => {
    client.received += data;
  });
  socket
    .on('error', () => {})
    .on('end', () => {
      client.isOver = true;
    });
  return client;
}

/** An answer that waits for the test. */
function held(): { answer: () => Promise<Response>; go: (response: Response) => void } {
  let go = (_response: Response): void => {};
  const promise = new Promise<Response>((resolve) => {
    go = resolve;
  });
  return { answer: () => promise, go };
}

test('a connection is kept for the next request, also when its head comes in pieces', async () => {
  await using recorder = await startRecorder();
  using client = open(recorder.port);
  client.socket.write(GET);
  await until(() => statusesOf(client.received).length === 1);
  for (const byte of GET) {
    client.socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => statusesOf(client.received).length === 2);
});

test('a client that ends its half behind a whole request still gets its answer', async () => {
  const { answer, go } = held();
  await using recorder = await startRecorder({ answer });
  using client = open(recorder.port);
  client.socket.end(GET);
  await until(() => recorder.heads.length === 1);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  go(text(200, 'late'));
  await until(() => client.isOver);
  assert.match(client.received, /late$/);
  assert.equal(recorder.settled[0]?.aborted, false);
});

test('every request in front of the end of a half is answered', async () => {
  await using recorder = await startRecorder();
  using client = open(recorder.port);
  client.socket.end(GET + GET + GET);
  await until(() => client.isOver);
  assert.deepEqual(statusesOf(client.received), [200, 200, 200]);
});

test('a client that goes away aborts the exchange and the work for it', async () => {
  const { answer, go } = held();
  await using recorder = await startRecorder({ answer });
  let cancelled = 0;
  using client = open(recorder.port);
  client.socket.write(GET);
  await until(() => recorder.open.length === 1);
  recorder.open[0]!.cancelUpstream = () => {
    cancelled++;
  };
  client.socket.resetAndDestroy();
  await until(() => cancelled === 1);
  assert.equal(recorder.open[0]!.aborted, true);
  const body = new ManualBody();
  go(answerOf(body));
  await until(() => recorder.settled.length === 1);
  assert.equal(body.destroyed, true);
  assert.equal(body.sink, null);
});

test('a body that ends early fails, and its client gets an answer', async () => {
  const bodies: Collector[] = [];
  await using recorder = await startRecorder({
    answer: (x) => {
      const collector = new Collector();
      bodies.push(collector);
      x.body!.pipe(collector);
      return new Promise((resolve) => {
        collector.fail = (error) => {
          collector.ended = error;
          resolve(text(400, 'cut off'));
        };
      });
    },
  });
  for (const [framing, part] of [
    ['Content-Length: 10', 'half'],
    ['Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
    ['Transfer-Encoding: chunked', '4\r\nhalf\r\n0\r\n'],
  ] as const) {
    using client = open(recorder.port);
    client.socket.end(post(framing) + part);
    await until(() => client.isOver);
    assert.deepEqual(statusesOf(client.received), [400]);
    assert.match(client.received, /connection: close/);
    assert.equal(bodies.at(-1)?.text, 'half');
    assert.ok(bodies.at(-1)?.ended instanceof Error);
  }
});

test('a body flows only to where its reader has come', async () => {
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
  using client = open(recorder.port);
  client.socket.write(post(`Content-Length: ${total}`));
  client.socket.write(Buffer.alloc(total));
  await until(() => arrived > 0);
  const first = arrived;
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(arrived, first);
  assert.ok(client.socket.writableLength > 0, 'the client was never held back');
  await until(() => {
    release();
    return client.received !== '';
  });
  assert.equal(arrived, total);
  assert.equal(statusOf(client.received), 200);
});

test('100-continue is sent when the body is wanted, and the request behind it is served', async () => {
  await using recorder = await startRecorder();
  using client = open(recorder.port);
  client.socket.write(post('Expect: 100-continue', 'Content-Length: 2'));
  await until(() => client.received === 'HTTP/1.1 100 Continue\r\n\r\n');
  client.socket.write(`hi${GET}`);
  await until(() => statusesOf(client.received).length === 3);
  assert.deepEqual(statusesOf(client.received), [100, 200, 200]);
  assert.equal(recorder.bodies[0], 'hi');
});

test('a refused expectation ends the connection, because the body may come or not', async () => {
  await using recorder = await startRecorder({ answer: () => text(403, 'no') });
  using client = open(recorder.port);
  client.socket.write(post('Expect: 100-continue', 'Content-Length: 2'));
  await until(() => client.isOver);
  assert.deepEqual(statusesOf(client.received), [403]);
  assert.match(client.received, /connection: close/);
  client.socket.write(`hi${GET}`);
  await until(() => client.socket.destroyed || client.socket.writableLength === 0);
  assert.equal(recorder.heads.length, 1);
});

test('HTTP/1.0 knows no 100-continue', async () => {
  await using recorder = await startRecorder();
  const request = 'POST / HTTP/1.0\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi';
  assert.deepEqual(statusesOf(await send(recorder.port, request)), [200]);
});

test('an early answer to a large upload is read by the client before the connection ends', async () => {
  await using recorder = await startRecorder({ answer: () => text(413, 'too large') });
  using client = open(recorder.port);
  client.socket.write(post('Content-Length: 4000000'));
  client.socket.write(Buffer.alloc(1_000_000));
  await until(() => client.isOver);
  client.socket.write(Buffer.alloc(1_000_000));
  assert.match(client.received, /connection: close\r\n[\s\S]*too large$/);
});

test('a small body that comes late is dropped, and the connection goes on behind it', async () => {
  await using recorder = await startRecorder({ answer: () => text(403, 'no') });
  using client = open(recorder.port);
  client.socket.write(post('Content-Length: 5'));
  await until(() => statusesOf(client.received).length === 1);
  assert.doesNotMatch(client.received, /connection: close/);
  client.socket.write(`GET /${GET}`);
  await until(() => statusesOf(client.received).length === 2);
  assert.deepEqual(
    recorder.heads.map(({ method }) => method),
    ['POST', 'GET'],
  );
});

test('a small body that never comes ends the connection', async () => {
  await using recorder = await startRecorder({ answer: () => text(403, 'no'), limits: { drainTime: 50 } });
  using client = open(recorder.port);
  client.socket.write(post('Content-Length: 5'));
  await until(() => client.isOver || client.socket.destroyed);
  assert.deepEqual(statusesOf(client.received), [403]);
});

test('an idle connection is closed without a word', async () => {
  await using recorder = await startRecorder({ limits: { keepAliveTimeout: 50 } });
  using client = open(recorder.port);
  client.socket.write(GET);
  await until(() => client.isOver);
  assert.deepEqual(statusesOf(client.received), [200]);
  assert.deepEqual(recorder.unparsed, []);
});

test('a head that trickles in behind an answer has its own time', async () => {
  await using recorder = await startRecorder({ limits: { headTimeout: 100 } });
  using client = open(recorder.port);
  client.socket.write(`${GET}GET / HT`);
  const trickle = setInterval(() => client.socket.write('T'), 10);
  await until(() => client.isOver || client.socket.destroyed);
  clearInterval(trickle);
  assert.deepEqual(statusesOf(client.received), [200, 408]);
  assert.equal(recorder.unparsed[0]?.status, 408);
});

test('a connection that does not take part in its closing is destroyed', async () => {
  await using recorder = await startRecorder({ limits: { drainTime: 50 } });
  using client = open(recorder.port);
  client.socket.write('GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  await until(() => client.isOver);
  let closed = false;
  client.socket.on('close', () => {
    closed = true;
  });
  await until(() => {
    client.socket.write('more');
    return closed;
  });
});

async function draining(recorder: Recorder, during: () => Promise<void>): Promise<void> {
  const drained = recorder.listener.drain(60_000);
  await during();
  await drained;
}

test('draining answers what is under way, serves a request that is on its way, and closes idle connections', async () => {
  const body = new ManualBody();
  await using recorder = await startRecorder({
    answer: (x) => (x.request.path === '/stream' ? answerOf(body) : text(200, 'ok')),
  });
  using busy = open(recorder.port);
  using late = open(recorder.port);
  using idle = open(recorder.port);
  busy.socket.write('GET /stream HTTP/1.1\r\nHost: a.example\r\n\r\n');
  late.socket.write(GET);
  idle.socket.write(GET);
  await until(() => body.sink !== null && statusesOf(late.received + idle.received).length === 2);
  await draining(recorder, async () => {
    late.socket.write(GET);
    await until(() => late.isOver && idle.isOver);
    assert.deepEqual(statusesOf(late.received), [200, 200]);
    assert.match(late.received, /connection: close\r\n\r\nok$/);
    assert.deepEqual(statusesOf(idle.received), [200]);
    body.write('last');
    body.end();
    await until(() => busy.isOver);
    assert.match(busy.received, /last\r\n0\r\n\r\n$/);
    for (const { socket } of [busy, late, idle]) socket.end();
  });
});

test('an answer that begins while draining says that it is the last', async () => {
  const { answer, go } = held();
  await using recorder = await startRecorder({ answer });
  using client = open(recorder.port);
  client.socket.write(GET);
  await until(() => recorder.heads.length === 1);
  await draining(recorder, async () => {
    go(text(200, 'ok'));
    await until(() => client.isOver);
    assert.match(client.received, /connection: close/i);
    client.socket.end();
  });
});
