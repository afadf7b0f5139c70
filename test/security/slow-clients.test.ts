import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { HeaderList } from '../../src/base/header-list.ts';
import type { Body, BodySink } from '../../src/gateway/body.ts';
import { startRecorder, until } from './support.ts';

/** R65: whoever reads slowly once must not win a connection that no time limit ends any more. */

/** Larger than what sockets hold, so that its end waits behind it. */
const PIECE = Buffer.alloc(8 * 1024 * 1024, 'x');

/** Gives all it has at once, as an upstream does whose last piece and end came together. */
class AtOnce implements Body {
  readonly length = null;

  pipe(sink: BodySink): void {
    sink.write(PIECE);
    sink.end(null);
  }

  resume(): void {}

  destroy(): void {}
}

const LAST_CHUNK = '0\r\n\r\n';
const LIMITS = { keepAliveTimeout: 100, headTimeout: 100, drainTime: 100 };

/** Reads nothing at first, then all of one answer, and never closes its half: the server has to end the connection. */
async function readLate(port: number, request: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {}).write(request);
  await new Promise((resolve) => socket.once('readable', resolve));
  let tail = '';
  let isRead = false;
  socket.on('data', (chunk: Buffer) => {
    tail += chunk.toString('latin1');
    // A refusal may stand right behind it.
    isRead ||= tail.includes(LAST_CHUNK);
    tail = tail.slice(-LAST_CHUNK.length);
  });
  await until(() => isRead);
  return socket;
}

/** Nothing but a reset tells a client that still sends that nobody is there. */
async function isGone(socket: Socket): Promise<void> {
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  await new Promise((resolve) => (socket.readableEnded ? resolve(null) : socket.on('end', resolve)));
  while (!closed) {
    socket.write('x');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const GET = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';
const LAST_GET = 'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n';
const HALF = 'GET / HTTP/1.1\r\nHost: a.exa';

const CASES: readonly (readonly [name: string, request: string])[] = [
  ['says nothing any more', GET],
  ['sent half of the next head before', GET + HALF],
  ['keeps its half of the closed connection', LAST_GET],
];

for (const [name, request] of CASES) {
  test(`a client that reads its answer late and ${name} does not stay`, { timeout: 20_000 }, async () => {
    await using recorder = await startRecorder({
      limits: LIMITS,
      answer: () => ({ status: 200, headers: new HeaderList(), body: new AtOnce() }),
    });
    const socket = await readLate(recorder.port, request);
    await isGone(socket);
    assert.equal(recorder.settled.length, 1);
    assert.equal(recorder.settled[0]?.aborted, false);
  });
}

test('a client that has gone is noticed, whatever it had sent behind its request', { timeout: 20_000 }, async () => {
  for (const behind of ['', 'G', GET + HALF]) {
    await using recorder = await startRecorder({
      limits: { halfClosedTime: 50, headTimeout: 200 },
      answer: () => new Promise(() => {}),
    });
    const socket = connect({ port: recorder.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {}).end(GET + behind);
    await until(() => recorder.open[0]?.aborted === true);
    socket.destroy();
  }
});
