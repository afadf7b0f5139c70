import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import type { BodySink } from '../../src/gateway/body.ts';
import type { Exchange } from '../../src/gateway/exchange.ts';
import { type Response, refuse } from '../../src/gateway/outcome.ts';
import { UpstreamFailure } from '../../src/upstream/failures.ts';
import { type RunningEngine, startEngine } from '../support/http2-engine.ts';
import {
  connectFrames,
  END_HEADERS,
  END_STREAM,
  FRAME,
  type Frame,
  type FrameClient,
  headersFrame,
  request,
  rstFrame,
  settingsFrame,
} from '../support/http2-frames.ts';
import { answerOf, ManualBody } from '../support/manual-body.ts';
import { until } from '../support/until.ts';
import { Asking, portOf, transportTo } from '../unit/upstream/http2/support.ts';

/**
 * R9, as it stands on the wire: whoever reads a frame with END_STREAM takes the message for whole, and a reset right
 * behind it comes too late. Libraries show their callers the reset alone, so the frames themselves are looked at.
 */

interface Answered {
  readonly client: FrameClient;
  readonly engine: RunningEngine;
  readonly body: ManualBody;
  readonly x: Exchange;
}

/** Begins an answer of `length` with a piece of it, and lets `end` do what it likes. */
async function cutAnswer(
  {
    length = null,
    piece = 'half',
    fields = [],
  }: { length?: number | null; piece?: string; fields?: [string, string][] },
  end: (answered: Answered) => void | Promise<void>,
): Promise<readonly Frame[]> {
  const body = new ManualBody(length);
  const answer = (x: Exchange): Response => {
    x.isOpenStream = true;
    return answerOf(body, 200, fields);
  };
  await using engine = await startEngine({ answer });
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request([], { ':method': 'POST' }), END_HEADERS));
  await until('the answer to begin', () => body.sink !== null);
  if (piece !== '') body.write(piece);
  await client.frame(({ type }) => type === (piece === '' ? FRAME.headers : FRAME.data));
  await end({ client, engine, body, x: engine.exchanges[0]! });
  await client.frame(isEndOfStream);
  return client.frames.filter(({ stream }) => stream === 1);
}

function isEndOfStream({ type, flags, stream }: Frame): boolean {
  return type === FRAME.goaway || (stream === 1 && (type === FRAME.rstStream || saysEnd({ type, flags })));
}

function saysEnd({ type, flags }: Pick<Frame, 'type' | 'flags'>): boolean {
  return (type === FRAME.data || type === FRAME.headers) && (flags & END_STREAM) !== 0;
}

const CUTS: Readonly<Record<string, () => Promise<readonly Frame[]>>> = {
  'whose upstream is lost': () => cutAnswer({}, ({ body }) => body.sink!.fail(new Error('lost'))),
  'whose upstream is lost before its first byte': () =>
    cutAnswer({ piece: '' }, ({ body }) => body.sink!.fail(new Error('lost'))),
  'of a stated length whose upstream is lost': () =>
    cutAnswer({ length: 9 }, ({ body }) => body.sink!.fail(new Error('lost'))),
  'that is shorter than it says': () => cutAnswer({ length: 9 }, ({ body }) => body.end()),
  'that is longer than it says': () => cutAnswer({ length: 9 }, ({ body }) => body.write('more than that')),
  'that is ended with its session': () => cutAnswer({}, ({ x }) => x.terminate!(refuse('session-expired'))),
  'on a connection that is closed': () =>
    cutAnswer({}, ({ engine }) => {
      for (const connection of engine.connections) connection.destroy();
    }),
};

for (const [which, cut] of Object.entries(CUTS)) {
  test(`an answer ${which} never says that it has ended`, async () => {
    assert.deepEqual((await cut()).filter(saysEnd), []);
  });
}

test('a stream that is refused, because too many are open, says nothing but its reset', async () => {
  const finish: (() => void)[] = [];
  const answer = () => new Promise<Response>((resolve) => void finish.push(() => resolve(answerOf(null))));
  await using engine = await startEngine({ answer });
  using client = await connectFrames(engine.port);
  // The work for a stream that was reset goes on, and counts.
  for (let i = 0; i < 100; i++) client.send(headersFrame(i * 2 + 1, request()), rstFrame(i * 2 + 1));
  await until('all of them to be under way', () => finish.length === 100);
  client.send(headersFrame(201, request([], { ':method': 'POST' }), END_HEADERS));
  assert.deepEqual(await client.end(201), { kind: 'reset', code: 7 });
  assert.deepEqual(
    client.frames.filter(({ stream }) => stream === 201).map(({ type }) => type),
    [FRAME.rstStream],
  );
  for (const one of finish) one();
});

/** Keeps the frames of an upstream's side that belong to the first request. */
async function cutRequest(cut: (asking: Asking, sink: BodySink) => void): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).write(settingsFrame([]));
    readFrames(socket, frames);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const body = new ManualBody();
  const asking = new Asking({ method: 'POST', body });
  transportTo(portOf(server)).send(asking);
  await until('the body to be asked for', () => body.sink !== null);
  body.write('half');
  await until('a piece of it to arrive', () => frames.some(({ type }) => type === FRAME.data));
  cut(asking, body.sink!);
  await until('the end of the stream', () => frames.some(isEndOfStream));
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return frames;
}

/** Bytes of the preface in front of the first frame. */
const PREFACE = 24;

function readFrames(socket: Socket, frames: Frame[]): void {
  let bytes = Buffer.alloc(0);
  let at = PREFACE;
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (; bytes.length >= at + 9 && bytes.length >= at + 9 + bytes.readUIntBE(at, 3); ) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      const [type, flags] = [bytes[at + 3] as number, bytes[at + 4] as number];
      frames.push({ type, flags, stream: bytes.readUInt32BE(at + 5), payload: bytes.subarray(at + 9, end) });
      at = end;
    }
  });
}

test('a request whose client goes away never says to its upstream that it has ended', async () => {
  const frames = await cutRequest((_asking, sink) => sink.fail(new Error('the client went away')));
  assert.deepEqual(frames.filter(saysEnd), []);
});

test('nor does one that is given up', async () => {
  const frames = await cutRequest((asking) => asking.cancel!(new UpstreamFailure('upstream-timeout', 'too late')));
  assert.deepEqual(frames.filter(saysEnd), []);
});
