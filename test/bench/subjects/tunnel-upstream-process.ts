/** Accepts every WebSocket and says nothing in it: `node tunnel-upstream-process.ts PORT`. */
import { createServer } from 'node:http';
import { webSocketAccept } from '../../../src/wire/web-socket/handshake.ts';
import { endWithTheBench } from './attached.ts';

const server = createServer((_request, response) => response.writeHead(426).end());
server.on('upgrade', (request, socket) => {
  const accept = webSocketAccept(String(request.headers['sec-websocket-key']));
  socket.on('error', () => socket.destroy()).resume();
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
});
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
endWithTheBench();
