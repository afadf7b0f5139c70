import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, test } from 'node:test';
import { Intake } from '../../../../src/upstream/http1/intake.ts';

const MIB = 1024 * 1024;
const ALL = 32 * MIB;

/** The most that was taken in one turn of the event loop. */
class Meter {
  taken = 0;
  most = 0;
  #before = 0;

  take(bytes: Buffer): number {
    this.taken += bytes.length;
    return bytes.length;
  }

  ended(): void {}

  turn(): void {
    this.most = Math.max(this.most, this.taken - this.#before);
    this.#before = this.taken;
  }
}

test('one connection takes no more than its share of a turn of the event loop, however much is there', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).end(Buffer.alloc(ALL)));
  after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const meter = new Meter();
  const intake = new Intake(meter);
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', onread: intake.onread });
  after(() => socket.destroy());
  intake.attach(socket, true);
  while (meter.taken < ALL) {
    await new Promise((resolve) => setImmediate(resolve));
    meter.turn();
  }
  assert.ok(meter.most < MIB, `${meter.most} bytes in one turn`);
});
