/**
 * The upstream of all cases, as lean as can be, so that it is never what is measured: `node upstream-process.ts PORT`.
 * It answers every GET with 100 bytes, and below `/seen` with the request head that it received.
 */
import { createServer, type Socket } from 'node:net';
import { endWithTheBench } from './attached.ts';

const ANSWER = answer('x'.repeat(100));

function answer(body: string): string {
  const length = Buffer.byteLength(body, 'latin1');
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

function serve(socket: Socket): void {
  let text = '';
  socket.setNoDelay(true).on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      socket.write(head.startsWith('GET /seen') ? answer(head) : ANSWER, 'latin1');
    }
  });
}

createServer(serve).listen(Number(process.argv[2]), '127.0.0.1');
endWithTheBench();
