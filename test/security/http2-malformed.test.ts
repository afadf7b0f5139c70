import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RunningEngine, startEngine } from '../support/http2-engine.ts';
import {
  connectFrames,
  dataFrame,
  END_HEADERS,
  END_STREAM,
  type Field,
  FRAME,
  frame,
  headersFrame,
  PROTOCOL_ERROR,
  request,
  rstFrame,
  type StreamEnd,
  settingsFrame,
  windowUpdateFrame,
} from '../support/http2-frames.ts';

/** R59: RFC 9113 8.2 and 8.3. What is malformed is refused before anybody decides about it. */

async function exchange(engine: RunningEngine, ...frames: Buffer[]): Promise<StreamEnd> {
  using client = await connectFrames(engine.port);
  client.send(...frames);
  return await client.end(1);
}

const RESET: StreamEnd = { kind: 'reset', code: PROTOCOL_ERROR };
const CLOSED: StreamEnd = { kind: 'closed' };

function get(fields: readonly Field[], over: Readonly<Record<string, string | null>> = {}): Buffer {
  return headersFrame(1, request(fields, over));
}

function post(fields: readonly Field[] = []): Buffer {
  return headersFrame(1, request(fields, { ':method': 'POST' }), END_HEADERS);
}

const MALFORMED_HEADS: Record<string, Buffer> = {
  'an upper-case name': get([['Foo', 'a']]),
  'a Connection field': get([['connection', 'close']]),
  'a Keep-Alive field': get([['keep-alive', 'timeout=5']]),
  'a Proxy-Connection field': get([['proxy-connection', 'keep-alive']]),
  'a Transfer-Encoding field (H2.TE)': get([['transfer-encoding', 'chunked']]),
  'an Upgrade field': get([['upgrade', 'h2c']]),
  'TE other than trailers': get([['te', 'gzip']]),
  'an unknown pseudo field': get([[':foo', 'a']]),
  'a pseudo field of answers': get([[':status', '200']]),
  'a pseudo field twice': get([[':path', '/other']]),
  'a pseudo field after the others': headersFrame(1, [
    [':method', 'GET'],
    [':scheme', 'http'],
    ['a', 'b'],
    [':path', '/'],
    [':authority', 'app.test'],
  ]),
  'no method': get([], { ':method': null }),
  'no scheme': get([], { ':scheme': null }),
  'no path': get([], { ':path': null }),
  'an empty path': get([], { ':path': '' }),
  'a path that is none': get([], { ':path': 'admin' }),
  'an absolute URL as path': get([], { ':path': 'http://app.test/' }),
  'a request line in the path': get([], { ':path': '/ HTTP/1.1\r\nHost: other' }),
  'a space in the path': get([], { ':path': '/a b' }),
  'a request line in the method': get([], { ':method': 'GET /admin HTTP/1.1\r\nX: y' }),
  'a URL in the scheme': get([], { ':scheme': 'http://other/' }),
  'no authority and no Host': get([], { ':authority': null }),
  'an empty authority': get([], { ':authority': '' }),
  'user information in the authority': get([], { ':authority': 'user@app.test' }),
  'a line break in the authority': get([], { ':authority': 'app.test\r\nx: y' }),
  'two Host fields': get([
    ['host', 'app.test'],
    ['host', 'other.test'],
  ]),
  'CONNECT with a path': get([], { ':method': 'CONNECT' }),
  ':protocol without CONNECT': headersFrame(1, [[':protocol', 'websocket'], ...request()]),
  'two Content-Length fields': Buffer.concat([
    post([
      ['content-length', '3'],
      ['content-length', '3'],
    ]),
    dataFrame(1, 'abc', END_STREAM),
  ]),
  'a signed Content-Length': Buffer.concat([post([['content-length', '+3']]), dataFrame(1, 'abc', END_STREAM)]),
  'a Content-Length and no body': get([['content-length', '3']], { ':method': 'POST' }),
};

test('a malformed head is a stream error, and nobody sees the request', async () => {
  await using engine = await startEngine();
  for (const [what, frames] of Object.entries(MALFORMED_HEADS)) {
    assert.deepEqual(await exchange(engine, frames), RESET, what);
  }
  assert.equal(engine.heads.length, 0);
  assert.deepEqual(await exchange(engine, get([])), { kind: 'answer', status: 200 });
});

test('fields whose name or value is malformed reach nobody', async () => {
  await using engine = await startEngine();
  const fields: Field[] = [
    ['fo o', 'a'],
    ['', 'a'],
    ['foo:', 'a'],
    ['foo\r\nbar', 'a'],
    ['x-split', 'a\r\nx-injected: b'],
    ['x-null', 'a\0b'],
    ['x-space', ' a'],
  ];
  for (const field of fields) await exchange(engine, get([field]));
  for (const head of engine.heads) assert.deepEqual(head.headers.flat, []);
});

/** The client wants nothing more, so the connection ends. */
const LEAVE = frame(FRAME.goaway, 0, 0, Buffer.alloc(8));

const MALFORMED_BODIES: Record<string, Buffer[]> = {
  'too little of it': [post([['content-length', '5']]), dataFrame(1, 'abc', END_STREAM)],
  'too much of it': [post([['content-length', '2']]), dataFrame(1, 'abc', END_STREAM)],
  'a second request behind its end': [
    post([['content-length', '0']]),
    dataFrame(1, 'GET /admin HTTP/1.1\r\n\r\n', END_STREAM),
  ],
  'more behind its end': [post([['content-length', '3']]), dataFrame(1, 'abc'), dataFrame(1, 'd', END_STREAM)],
  'a reset instead of its end': [post([['content-length', '3']]), dataFrame(1, 'abc'), rstFrame(1), LEAVE],
  'trailers before its end': [
    post([['content-length', '5']]),
    dataFrame(1, 'abc'),
    headersFrame(1, [['x', 'y']], END_HEADERS | END_STREAM),
  ],
};

test('a body that differs from its Content-Length never looks complete (CVE-2021-21295)', async () => {
  await using engine = await startEngine();
  for (const [what, frames] of Object.entries(MALFORMED_BODIES)) {
    const end = await exchange(engine, ...frames);
    assert.ok(end.kind !== 'answer' || end.status === 400, what);
  }
  assert.deepEqual(engine.bodies, []);
});

const MALFORMED_TRAILERS: Record<string, Buffer> = {
  'pseudo fields': headersFrame(1, [[':path', '/admin']], END_HEADERS | END_STREAM),
  'fields of the connection': headersFrame(1, [['connection', 'x']], END_HEADERS | END_STREAM),
  'upper-case names': headersFrame(1, [['X', 'y']], END_HEADERS | END_STREAM),
  'no end of the stream': headersFrame(1, [['x', 'y']], END_HEADERS),
};

test('malformed trailers end the stream', async () => {
  await using engine = await startEngine();
  for (const [what, trailers] of Object.entries(MALFORMED_TRAILERS)) {
    assert.deepEqual(await exchange(engine, post(), dataFrame(1, 'abc'), trailers), RESET, what);
  }
  assert.deepEqual(engine.bodies, []);
});

test('trailers of a request that is no gRPC call are dropped', async () => {
  let trailers: unknown = 'none';
  await using engine = await startEngine({
    answer: (x) =>
      new Promise((resolve) => {
        x.body?.pipe({
          write: () => true,
          end: (given) => {
            trailers = given;
            resolve({ status: 200, headers: x.request.headers.clone(), body: null });
          },
          fail: () => resolve(null),
        });
      }),
  });
  const fields: Field[] = [['x-forwarded-for', '1.2.3.4']];
  const end = await exchange(engine, post(), headersFrame(1, fields, END_HEADERS | END_STREAM));
  assert.deepEqual(end, { kind: 'answer', status: 200 });
  assert.equal(trailers, null);
});

const MALFORMED_FRAMES: Record<string, Buffer[]> = {
  'an even stream': [headersFrame(2, request())],
  'stream 0': [headersFrame(0, request())],
  'DATA on an idle stream': [dataFrame(1, 'abc')],
  'DATA behind the end': [get([]), dataFrame(1, 'abc')],
  'a reset of an idle stream': [rstFrame(1)],
  'PUSH_PROMISE of a client': [frame(FRAME.pushPromise, END_HEADERS, 1, Buffer.from([0, 0, 0, 2]))],
  'a window that grows by nothing': [windowUpdateFrame(0, 0)],
  'a window that overflows': [windowUpdateFrame(0, 0x7fffffff)],
  'an initial window that is too large': [settingsFrame([[4, 0x80000000]])],
  'a PING of seven bytes': [frame(FRAME.ping, 0, 0, Buffer.alloc(7))],
  'SETTINGS with an ACK and a payload': [frame(FRAME.settings, 1, 0, Buffer.alloc(6))],
  'a frame that is too large': [frame(FRAME.data, 0, 1, Buffer.alloc(20_000))],
  'CONTINUATION without HEADERS': [frame(FRAME.continuation, END_HEADERS, 1)],
  'another frame between HEADERS and CONTINUATION': [
    frame(FRAME.headers, 0, 1),
    frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
  ],
};

test('malformed frames end the connection, and only that', async () => {
  await using engine = await startEngine({ answer: () => null });
  for (const [what, frames] of Object.entries(MALFORMED_FRAMES)) {
    assert.deepEqual(await exchange(engine, ...frames), CLOSED, what);
  }
});
