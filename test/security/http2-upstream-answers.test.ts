import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import {
  CANCEL,
  dataFrame,
  END_HEADERS,
  END_STREAM,
  type Field,
  FRAME,
  frame,
  headersFrame,
  NO_ERROR,
  rstFrame,
  settingsFrame,
} from '../support/http2-frames.ts';
import { type Asked, ask, portOf, readAll, transportTo } from '../unit/upstream/http2/support.ts';

/** R9, R12, R50: what an upstream says over HTTP/2 is believed only as far as the protocol goes. */

const PREFACE_BYTES = 24;
const ACK = 0x1;

/** Answers the first request with these bytes, whatever they are. */
async function answering(frames: readonly Buffer[], asked: Asked = {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(settingsFrame([]));
    onRequest(socket, () => socket.write(Buffer.concat(frames)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = transportTo(portOf(server), { timeouts: { firstByte: 5000, idle: 5000 } });
  const asking = await ask(transport, asked);
  const { response } = asking;
  const read = response?.body == null ? null : await readAll(response.body).catch((error: Error) => error);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return { asking, read };
}

/** Calls back when a HEADERS frame has come. */
function onRequest(socket: Socket, told: () => void): void {
  let bytes = Buffer.alloc(0);
  let at = PREFACE_BYTES;
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    while (bytes.length >= at + 9) {
      if (bytes[at + 3] === FRAME.headers) told();
      at += 9 + bytes.readUIntBE(at, 3);
    }
  });
}

function head(fields: readonly Field[], flags = 0): Buffer {
  return headersFrame(1, fields, END_HEADERS | flags);
}

const OK: Field = [':status', '200'];

test('an answer that ends is complete', async () => {
  const { read } = await answering([head([OK]), dataFrame(1, 'hello', END_STREAM)]);
  assert.ok(read !== null && !(read instanceof Error));
  assert.equal(read.bytes.toString(), 'hello');
});

test('an answer that ends, and whose stream is reset without an error then, is complete too', async () => {
  const body = { length: null, pipe() {}, resume() {}, destroy() {} };
  const frames = [head([OK]), dataFrame(1, 'hello', END_STREAM), rstFrame(1, NO_ERROR)];
  const { read } = await answering(frames, { method: 'POST', body });
  assert.ok(read !== null && !(read instanceof Error), String(read));
  assert.equal(read.bytes.toString(), 'hello');
});

for (const [name, code] of [
  ['NO_ERROR', NO_ERROR],
  ['CANCEL', CANCEL],
  ['INTERNAL_ERROR', 2],
] as const) {
  test(`an answer that is reset with ${name} before its end never looks complete`, async () => {
    const { read, asking } = await answering([head([OK]), dataFrame(1, 'hello'), rstFrame(1, code)]);
    assert.ok(read instanceof Error);
    assert.equal(asking.whole, false);
  });
}

test('an answer that is shorter or longer than it says never looks complete', async () => {
  for (const length of ['4', '6']) {
    const { read } = await answering([head([OK, ['content-length', length]]), dataFrame(1, 'hello', END_STREAM)]);
    assert.ok(read instanceof Error, length);
  }
});

const INVALID: readonly (readonly [name: string, fields: readonly Field[]])[] = [
  ['no status', [['x-a', 'b']]],
  ['an empty status', [[':status', '']]],
  ['a status that is no number', [[':status', '2xx']]],
  ['a status beyond 599', [[':status', '999']]],
  ['101', [[':status', '101']]],
  ['two statuses', [OK, OK]],
  ['a pseudo field of requests', [OK, [':path', '/']]],
  ['a pseudo field behind others', [['x-a', 'b'], OK]],
  ['transfer-encoding', [OK, ['transfer-encoding', 'chunked']]],
  ['connection', [OK, ['connection', 'close']]],
  ['upgrade', [OK, ['upgrade', 'websocket']]],
  ['a name in upper case', [OK, ['X-A', 'b']]],
  ['two lengths', [OK, ['content-length', '5'], ['content-length', '6']]],
  ['a length that is no number', [OK, ['content-length', '+5']]],
];

for (const [name, fields] of INVALID) {
  test(`an answer with ${name} is no answer, or has lost the field`, async () => {
    const { asking } = await answering([head(fields), dataFrame(1, 'hello', END_STREAM)]);
    if (asking.response === null) assert.equal(asking.failure?.reason, 'upstream-invalid');
    else assert.deepEqual(asking.response.headers.flat, [], name);
  });
}

test('values that would be two fields elsewhere never come through', async () => {
  for (const value of ['a\r\nset-cookie: b', 'a\nb', 'a\0b']) {
    const { asking } = await answering([head([OK, ['x-a', value]]), dataFrame(1, '', END_STREAM)]);
    assert.equal(asking.response?.headers.has('x-a') ?? false, false, JSON.stringify(value));
  }
});

test('a head of too many fields, or too large, is refused', async () => {
  const many = Array.from({ length: 500 }, (_, i): Field => [`x-${i}`, 'a']);
  const large = Array.from({ length: 4 }, (_, i): Field => [`x-${i}`, 'a'.repeat(12_000)]);
  for (const fields of [many, large]) {
    const block = headersBlock([OK, ...fields]);
    const { asking } = await answering(block);
    assert.equal(asking.response?.status, undefined);
    assert.ok(['upstream-invalid', 'upstream-busy', 'upstream-unreachable'].includes(asking.failure!.reason));
  }
});

test('trailers of too many fields, or too large, cut the answer off', async () => {
  const many = Array.from({ length: 500 }, (_, i): Field => [`x-${i}`, 'a']);
  const large = Array.from({ length: 4 }, (_, i): Field => [`x-${i}`, 'a'.repeat(12_000)]);
  for (const fields of [many, large]) {
    const trailers = headersBlock([['grpc-status', '0'], ...fields], END_STREAM);
    const { asking, read } = await answering([head([OK]), dataFrame(1, 'hello'), ...trailers], { grpc: {} });
    assert.ok(read instanceof Error, String(read));
    assert.equal(asking.whole, false);
  }
});

test('an interim answer that is too large is refused', async () => {
  const large = Array.from({ length: 4 }, (_, i): Field => [`x-${i}`, 'a'.repeat(12_000)]);
  const { asking } = await answering([...headersBlock([[':status', '103'], ...large]), head([OK], END_STREAM)]);
  assert.equal(asking.failure?.reason, 'upstream-invalid');
  assert.deepEqual(asking.interim, []);
});

/** HEADERS and CONTINUATION frames that carry a large block. */
function headersBlock(fields: readonly Field[], first = 0): Buffer[] {
  const whole = headersFrame(1, fields).subarray(9);
  const parts: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 16_000) parts.push(whole.subarray(at, at + 16_000));
  return parts.map((part, i) => {
    const flags = i === parts.length - 1 ? END_HEADERS : 0;
    return i === 0 ? frame(FRAME.headers, flags | first, 1, part) : frame(FRAME.continuation, flags, 1, part);
  });
}

test('interim answers without end are refused', async () => {
  const { asking } = await answering([...Array.from({ length: 40 }, () => head([[':status', '103']])), head([OK])]);
  assert.equal(asking.failure?.reason, 'upstream-invalid');
  assert.ok(asking.interim.length <= 16);
});

test('a pushed answer ends the connection, and is nobody’s', async () => {
  const promise = Buffer.concat([
    Buffer.from([0, 0, 0, 2]),
    headersFrame(1, [
      [':method', 'GET'],
      [':path', '/'],
    ]).subarray(9),
  ]);
  const acknowledged = frame(FRAME.settings, ACK, 0);
  const { asking } = await answering([acknowledged, frame(FRAME.pushPromise, END_HEADERS, 1, promise), head([OK])]);
  assert.equal(asking.response, null);
  assert.equal(asking.failure?.reason, 'upstream-unreachable');
});

test('garbage is a failure of its own request', async () => {
  const { asking } = await answering([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')]);
  assert.equal(asking.response?.status, undefined);
  assert.ok(asking.failure !== null);
});
