/**
 * Moves bodies of one length, one at a time on each connection: `node bulk-process.ts '{"port":…,"host":…,
 * "direction":"down"|"up","bytes":…,"connections":…,"seconds":…}'`. Each connection begins a body as long as there is
 * time, and at least one.
 */
import { connect, type Socket } from 'node:net';
import type { BulkOrder, BulkResult } from './bulk.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as BulkOrder;
const BLOCK = Buffer.alloc(256 * 1024, 'x');
const host = `Host: ${order.host}\r\n`;
const GET = `GET /bytes/${order.bytes} HTTP/1.1\r\n${host}\r\n`;
const POST = `POST /sink HTTP/1.1\r\n${host}Content-Length: ${order.bytes}\r\n\r\n`;
const end = performance.now() + order.seconds * 1000;
let bodies = 0;

/** The connection's whole life. Rejects when an answer is not 200, or the connection fails. */
function move(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1').setNoDelay(true);
    socket.setTimeout(30_000, () => socket.destroy(new Error('nothing moves')));
    socket.on('error', reject).on('close', () => reject(new Error('the connection was closed')));
    const next = (): void => {
      if (order.direction === 'down') socket.write(GET);
      else send(socket);
    };
    answers(socket, () => {
      bodies++;
      if (performance.now() < end) return next();
      resolve();
      socket.destroy();
    });
    socket.once('connect', next);
    socket.on('error', reject);
  });
}

/** Calls `whole` after each answer with its body. */
function answers(socket: Socket, whole: () => void): void {
  let [head, left] = ['', 0];
  socket.on('data', (chunk: Buffer) => {
    if (left > 0) left -= chunk.byteLength;
    else {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!head.startsWith('HTTP/1.1 200')) return void socket.destroy(new Error(head.slice(0, end)));
      left = Number(/^content-length: *(\d+)/im.exec(head)?.[1]) - (head.length - end - 4);
      head = '';
    }
    if (left === 0) whole();
  });
}

function send(socket: Socket): void {
  let left = order.bytes;
  const more = (): void => {
    while (left > 0) {
      const block = BLOCK.subarray(0, left);
      left -= block.byteLength;
      if (!socket.write(block)) return void socket.once('drain', more);
    }
  };
  socket.write(POST);
  more();
}

const begun = performance.now();
await Promise.all(Array.from({ length: order.connections }, move));
const result: BulkResult = { bytes: bodies * order.bytes, seconds: (performance.now() - begun) / 1000 };
process.stdout.write(`${JSON.stringify(result)}\n`);
