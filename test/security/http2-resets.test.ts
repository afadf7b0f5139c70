import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../src/base/header-list.ts';
import { type EngineOptions, startEngine } from '../support/http2-engine.ts';
import {
  connectFrames,
  dataFrame,
  END_HEADERS,
  END_STREAM,
  headersFrame,
  request,
  rstFrame,
  windowUpdateFrame,
} from '../support/http2-frames.ts';
import { until } from '../support/until.ts';

/** R61: more than 200 resets in 10 seconds end the connection, whoever sends them. */
const MANY = 3_000;

function post(stream: number, fields: [string, string][] = []): Buffer {
  return headersFrame(stream, request(fields, { ':method': 'POST' }), END_HEADERS);
}

/** Does the same on stream after stream; gives how many requests the kernel saw until the connection ended. */
async function floodStreams(make: (stream: number) => Buffer, options: EngineOptions = {}): Promise<number> {
  await using engine = await startEngine(options);
  using client = await connectFrames(engine.port);
  for (let i = 0; i < MANY && !client.isClosed; i += 10) {
    await client.flood(Buffer.concat(Array.from({ length: 10 }, (_, k) => make((i + k) * 2 + 1))), 1);
  }
  await client.closed;
  await until('the connection to be gone', () => engine.connections.size === 0);
  using another = await connectFrames(engine.port);
  another.send(headersFrame(1, request()));
  const before = engine.heads.length;
  await until('others to be served', () => engine.heads.length > before);
  return before;
}

test('resets of the client (CVE-2023-44487)', async () => {
  const seen = await floodStreams((stream) => Buffer.concat([post(stream), rstFrame(stream)]));
  assert.ok(seen < 1_000, `${seen} requests got through`);
});

test('the same with NO_ERROR', async () => {
  const seen = await floodStreams((stream) => Buffer.concat([post(stream), rstFrame(stream, 0)]));
  assert.ok(seen < 1_000, `${seen} requests got through`);
});

const PROVOKED: Record<string, (stream: number) => Buffer> = {
  'a window that overflows': (stream) => Buffer.concat([post(stream), windowUpdateFrame(stream, 0x7fffffff)]),
  'a window that grows by nothing': (stream) => Buffer.concat([post(stream), windowUpdateFrame(stream, 0)]),
  'a wrong length': (stream) =>
    Buffer.concat([post(stream, [['content-length', '9']]), dataFrame(stream, 'a', END_STREAM)]),
  'malformed heads': (stream) => headersFrame(stream, request([['Foo', 'bar']])),
  'malformed trailers': (stream) => Buffer.concat([post(stream), headersFrame(stream, [[':path', '/']])]),
};

for (const [what, make] of Object.entries(PROVOKED)) {
  test(`resets of ours that the client provokes, by ${what} (CVE-2025-8671)`, async () => {
    const seen = await floodStreams(make);
    assert.ok(seen < 1_000, `${seen} requests got through`);
  });
}

test('few resets are nothing special', async () => {
  await using engine = await startEngine();
  using client = await connectFrames(engine.port);
  for (let i = 0; i < 100; i++) client.send(post(i * 2 + 1), rstFrame(i * 2 + 1));
  client.send(headersFrame(301, request()));
  assert.deepEqual(await client.end(301), { kind: 'answer', status: 200 });
});

test('work that goes on after its stream was reset counts against the limit of streams', async () => {
  const finish: (() => void)[] = [];
  await using engine = await startEngine({
    answer: () =>
      new Promise((resolve) => {
        finish.push(() => resolve({ status: 200, headers: new HeaderList(), body: null }));
      }),
  });
  using client = await connectFrames(engine.port);
  for (let i = 0; i < 150; i++) {
    client.send(headersFrame(i * 2 + 1, request()), rstFrame(i * 2 + 1));
    if (i === 99) await until('a hundred requests', () => engine.heads.length === 100);
  }
  client.send(headersFrame(401, request()));
  assert.deepEqual(await client.end(401), { kind: 'reset', code: 7 });
  assert.equal(engine.heads.length, 100);
  for (const end of finish) end();
  await until('everything to be settled', () => engine.settled.length === 100);
  client.send(headersFrame(403, request()));
  await until('room for another', () => engine.heads.length === 101);
});

test('no more than a hundred streams at once', async () => {
  await using engine = await startEngine({ answer: () => null });
  using client = await connectFrames(engine.port);
  for (let i = 0; i < 130; i++) client.send(headersFrame(i * 2 + 1, request()));
  const end = await client.end(201);
  assert.notEqual(end.kind, 'answer');
  assert.equal(engine.heads.length, 100);
});
