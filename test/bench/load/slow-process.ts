/**
 * One side is slow for a while: `node slow-process.ts '{"port":…,"host":…,"direction":"down"|"up","bytes":…,
 * "connections":…,"seconds":…}'`. Down: answers are read slowly. Up: requests are sent as fast as they are taken, to an
 * upstream that reads slowly. Prints how many bytes went.
 */
import { connect } from 'node:net';
import type { BulkOrder } from './bulk.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as BulkOrder;
const BLOCK = Buffer.alloc(64 * 1024, 'x');
const PAUSE_MS = 20;
let bytes = 0;

function hold(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1');
    socket.on('error', reject).on('close', () => reject(new Error('the connection was closed')));
    setTimeout(() => {
      resolve();
      socket.destroy();
    }, order.seconds * 1000);
    if (order.direction === 'down') {
      socket.write(`GET /bytes/${order.bytes} HTTP/1.1\r\nHost: ${order.host}\r\n\r\n`);
      socket.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        socket.pause();
        setTimeout(() => socket.resume(), PAUSE_MS);
      });
      return;
    }
    const more = (): void => {
      do bytes += BLOCK.byteLength;
      while (!socket.destroyed && socket.write(BLOCK));
    };
    socket.on('drain', more);
    socket.write(`POST /slow HTTP/1.1\r\nHost: ${order.host}\r\nContent-Length: ${order.bytes}\r\n\r\n`);
    more();
  });
}

await Promise.all(Array.from({ length: order.connections }, hold));
process.stdout.write(`${JSON.stringify({ bytes, seconds: order.seconds })}\n`);
