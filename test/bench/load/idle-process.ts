/**
 * Opens connections that do nothing: `node idle-process.ts '{"port":…,"host":…,"kind":"http"|"tls"|"tunnel"}'`. Each
 * line of standard input is a number: that many more are opened, one request is made on each, and `{"open":…}` tells
 * how many are open now.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import { newWebSocketKey } from '../../../src/wire/web-socket/handshake.ts';
import type { IdleOrder } from './idle.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as IdleOrder;
const AT_ONCE = 50;
let opened = 0;
let open = 0;

function request(): string {
  const head = `GET /v1/items HTTP/1.1\r\nHost: ${order.host}\r\n`;
  if (order.kind !== 'tunnel') return `${head}\r\n`;
  return `${head}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${newWebSocketKey()}\r\n\r\n`;
}

/** Two addresses, so that the ports of one do not run out; elsewhere than on Linux there is only the first. */
function dial(): Socket {
  const localAddress = process.platform === 'linux' && opened++ % 2 === 1 ? '127.0.0.2' : '127.0.0.1';
  const socket = connect({ port: order.port, host: '127.0.0.1', localAddress });
  return order.kind === 'tls' ? connectTls({ socket, rejectUnauthorized: false, servername: hostName() }) : socket;
}

function hostName(): string {
  return order.host.replace(/:\d+$/, '');
}

/** Resolves after the first answer, or when there is none. */
function openOne(): Promise<void> {
  return new Promise((resolve) => {
    const socket = dial();
    const want = order.kind === 'tunnel' ? 'HTTP/1.1 101' : 'HTTP/1.1 200';
    socket.once(order.kind === 'tls' ? 'secureConnect' : 'connect', () => socket.write(request()));
    socket.on('error', () => socket.destroy());
    socket.once('data', (chunk) => {
      if (chunk.toString('latin1').startsWith(want)) {
        open++;
        socket.once('close', () => open--).resume();
      } else socket.destroy();
      resolve();
    });
    socket.once('close', () => resolve());
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  for (let left = Number(line); left > 0; left -= AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, openOne));
  }
  process.stdout.write(`${JSON.stringify({ open })}\n`);
}
process.exit(0);
