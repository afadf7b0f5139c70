import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { FRAME, frame, settingsFrame } from '../support/http2-frames.ts';
import { until } from '../support/until.ts';
import { Asking, portOf, transportTo } from '../unit/upstream/http2/support.ts';

/** R65, R69: an upstream that never closes its half of a connection keeps neither requests nor connections for ever. */

const ACK = 0x1;

async function silentServer(accept: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    accept(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: portOf(server), [Symbol.asyncDispose]: close };
}

test('one that takes connections and says nothing', async () => {
  await using server = await silentServer((socket) => socket.resume());
  const transport = transportTo(server.port, { timeouts: { connect: 50 } });
  for (let i = 0; i < 2; i++) {
    const asking = new Asking({});
    transport.send(asking);
    await until('the request to fail', () => asking.failure !== null);
    assert.equal(asking.failure?.reason, 'upstream-timeout');
    assert.equal(asking.sent, false);
  }
  await until('the connections to be gone', () => transport.connections === 0);
});

test('one that does not close a connection that is not used any more', async () => {
  await using server = await silentServer((socket) => {
    socket.write(Buffer.concat([settingsFrame([]), frame(FRAME.settings, ACK, 0)]));
    socket.resume();
  });
  const transport = transportTo(server.port, { limits: { keepAlive: 50 }, timeouts: { firstByte: 50 } });
  const asking = new Asking({});
  transport.send(asking);
  await until('the request to fail', () => asking.failure !== null);
  await until('the connection to be gone', () => transport.connections === 0);
  await transport.close();
});

/** RFC 9113 6.5.2 */
const MAX_CONCURRENT_STREAMS = 3;

test('one that takes no requests is not asked on ever more connections', async () => {
  let connections = 0;
  await using server = await silentServer((socket) => {
    connections++;
    socket.write(Buffer.concat([settingsFrame([[MAX_CONCURRENT_STREAMS, 0]]), frame(FRAME.settings, ACK, 0)]));
    socket.resume();
  });
  const transport = transportTo(server.port, { limits: { connections: 1000 } });
  const asking = new Asking({});
  transport.send(asking);
  await until('the request to fail', () => asking.failure !== null);
  assert.equal(asking.failure?.reason, 'upstream-busy');
  assert.equal(asking.sent, false);
  assert.equal(connections, 1);
  await transport.close();
});

test('one that has no room is not waited for longer than for a connection', async () => {
  await using server = await silentServer((socket) => {
    socket.write(Buffer.concat([settingsFrame([[MAX_CONCURRENT_STREAMS, 1]]), frame(FRAME.settings, ACK, 0)]));
    socket.resume();
  });
  const transport = transportTo(server.port, { limits: { connections: 1 }, timeouts: { connect: 100 } });
  const [first, second] = [new Asking({}), new Asking({})];
  transport.send(first);
  transport.send(second);
  await until('the second request to fail', () => second.failure !== null);
  assert.deepEqual([second.failure?.reason, second.sent, first.failure], ['upstream-busy', false, null]);
  assert.equal(transport.pending, 0);
});
