import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../src/base/header-list.ts';
import { BufferedBody } from '../../src/gateway/body.ts';
import { type EngineOptions, startEngine } from '../support/http2-engine.ts';
import {
  connectFrames,
  dataFrame,
  END_HEADERS,
  FRAME,
  frame,
  headersFrame,
  hpack,
  request,
  settingsFrame,
} from '../support/http2-frames.ts';
import { until } from '../support/until.ts';

/** R63: whoever keeps us waiting is not waited for. */
const BIG: EngineOptions['answer'] = () => ({
  status: 200,
  headers: new HeaderList(),
  body: new BufferedBody(Buffer.alloc(1_000_000)),
});

test('a window that is never opened ends its stream (CVE-2019-9517)', async () => {
  await using engine = await startEngine({ answer: BIG, limits: { writeIdle: 100 } });
  using client = await connectFrames(engine.port, settingsFrame([[4, 0]]));
  client.send(headersFrame(1, request()));
  assert.ok((await client.frame((f) => f.type === FRAME.rstStream && f.stream === 1)) !== null);
  await until('it to be settled', () => engine.settled.length === 1);
  assert.equal(engine.settled[0]?.whole, false);
});

test('a small answer that is never taken ends its stream, too', async () => {
  const answer = () => ({ status: 200, headers: new HeaderList(), body: new BufferedBody('small') });
  await using engine = await startEngine({ answer, limits: { writeIdle: 100 } });
  using client = await connectFrames(engine.port, settingsFrame([[4, 0]]));
  client.send(headersFrame(1, request()));
  await until('it to be settled', () => engine.settled.length === 1);
  assert.equal(engine.settled[0]?.whole, false);
});

test('a socket that is not read ends its connection', async () => {
  await using engine = await startEngine({ answer: BIG, limits: { writeIdle: 100, keepAliveTimeout: 100 } });
  using client = await connectFrames(engine.port, settingsFrame([[4, 0x7fffffff]]));
  client.stopReading();
  for (let i = 0; i < 50; i++) client.send(headersFrame(i * 2 + 1, request()));
  await until('the connection to be gone', () => engine.connections.size === 0);
  assert.ok(engine.settled.length > 0 && engine.settled.every(({ whole }) => !whole));
});

test('an upload that stops is given up', async () => {
  await using engine = await startEngine({ limits: { bodyIdle: 100 } });
  using client = await connectFrames(engine.port);
  client.send(headersFrame(1, request([], { ':method': 'POST' }), END_HEADERS), dataFrame(1, 'half'));
  assert.deepEqual(await client.end(1), { kind: 'answer', status: 400 });
  assert.deepEqual(engine.bodies, []);
});

test('a head that never ends is given up, as is a connection on which nothing begins', async () => {
  await using engine = await startEngine({ limits: { headTimeout: 100, keepAliveTimeout: 100 } });
  using half = await connectFrames(engine.port);
  half.send(frame(FRAME.headers, 0, 1, hpack(request())));
  using silent = await connectFrames(engine.port);
  await Promise.all([half.closed, silent.closed]);
  assert.equal(engine.heads.length, 0);
});
