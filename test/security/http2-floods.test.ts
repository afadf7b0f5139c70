import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEngine } from '../support/http2-engine.ts';
import {
  connectFrames,
  dataFrame,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headersFrame,
  hpack,
  request,
  settingsFrame,
  windowUpdateFrame,
} from '../support/http2-frames.ts';
import { until } from '../support/until.ts';

/** R62: frames that cost their sender nothing. */
const OPEN = headersFrame(1, request([], { ':method': 'POST' }), END_HEADERS);
const MANY = 60_000;

const FLOODS: Record<string, { readonly piece: Buffer; readonly before?: Buffer }> = {
  'PING (CVE-2019-9512)': { piece: frame(FRAME.ping, 0, 0, Buffer.alloc(8)) },
  'SETTINGS (CVE-2019-9515)': { piece: settingsFrame([]) },
  'SETTINGS that resize the table': { piece: Buffer.concat([settingsFrame([[1, 0]]), settingsFrame([[1, 4096]])]) },
  'PRIORITY (CVE-2019-9513)': { piece: frame(FRAME.priority, 0, 3, Buffer.from([0, 0, 0, 1, 5])) },
  WINDOW_UPDATE: { piece: windowUpdateFrame(0, 1) },
  'unknown frames': { piece: frame(0x50, 0, 0, Buffer.alloc(8)) },
  'empty DATA (CVE-2019-9518)': { piece: dataFrame(1, ''), before: OPEN },
  'DATA of one byte (CVE-2019-9511)': { piece: dataFrame(1, 'a'), before: OPEN },
  'empty HEADERS (CVE-2019-9516)': { piece: headersFrame(1, [['', '']]), before: OPEN },
};

for (const [what, { piece, before }] of Object.entries(FLOODS)) {
  test(`a flood of ${what} ends the connection`, async () => {
    await using engine = await startEngine();
    using client = await connectFrames(engine.port);
    if (before !== undefined) client.send(before);
    const pieces = Buffer.concat(Array.from({ length: 100 }, () => piece));
    await client.flood(pieces, MANY / 100);
    await client.closed;
    await until('the connection to be gone', () => engine.connections.size === 0);
  });
}

test('pings at a human rate are answered', async () => {
  await using engine = await startEngine();
  using client = await connectFrames(engine.port);
  for (let i = 0; i < 500; i++) client.send(frame(FRAME.ping, 0, 0, Buffer.alloc(8, i)));
  client.send(headersFrame(1, request()));
  assert.deepEqual(await client.end(1), { kind: 'answer', status: 200 });
});

test('a flood of CONTINUATION ends the connection (CVE-2024-27983)', async () => {
  for (const piece of [hpack([['a', 'b']]), Buffer.alloc(0)]) {
    await using engine = await startEngine();
    using client = await connectFrames(engine.port);
    client.send(frame(FRAME.headers, END_STREAM, 1, hpack(request())));
    await client.flood(frame(FRAME.continuation, 0, 1, piece), 1_000);
    await client.closed;
    assert.equal(engine.heads.length, 0);
  }
});

test('a client that sends half a head and goes away harms nobody (CVE-2024-27983)', async () => {
  await using engine = await startEngine();
  for (let i = 0; i < 50; i++) {
    using client = await connectFrames(engine.port);
    client.send(frame(FRAME.headers, END_STREAM, 1, hpack(request())), frame(FRAME.continuation, 0, 1, hpack([])));
  }
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request()));
  assert.deepEqual(await client.end(1), { kind: 'answer', status: 200 });
});

test('HPACK that cannot be read ends the connection and nothing else (CVE-2025-59465)', async () => {
  await using engine = await startEngine();
  const garbage = [
    Buffer.alloc(64, 0xff),
    Buffer.from([0x80]),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]),
    Buffer.from([0x3f, 0xff, 0xff, 0xff, 0x7f]),
    Buffer.from([0x40, 0x84, 0xff, 0xff, 0xff, 0xff, 0x01, 0x61]),
    Buffer.from([0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  ];
  for (const block of garbage) {
    using client = await connectFrames(engine.port);
    client.send(frame(FRAME.headers, END_STREAM | END_HEADERS, 1, block));
    assert.deepEqual(await client.end(1), { kind: 'closed' });
  }
  assert.equal(engine.heads.length, 0);
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request()));
  assert.deepEqual(await client.end(1), { kind: 'answer', status: 200 });
});
