/**
 * The upstream of long bodies: `node bulk-upstream-process.ts PORT`. `GET /bytes/N` is answered with N bytes, a POST
 * with a Content-Length once it is complete; below `/slow` it is read slowly.
 */
import { createServer, type Socket } from 'node:net';
import { endWithTheBench } from './attached.ts';

const BLOCK = Buffer.alloc(256 * 1024, 'x');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const SLOW_MS = 20;

class Connection {
  readonly #socket: Socket;
  #head = '';
  /** Of the request body. */
  #toRead = 0;
  #toWrite = 0;
  #slow = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true).on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#read(chunk)).on('drain', () => this.#write());
  }

  #read(chunk: Buffer): void {
    if (this.#toRead > 0) this.#readBody(chunk.byteLength);
    else this.#readHead(chunk);
  }

  #readHead(chunk: Buffer): void {
    this.#head += chunk.toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const [head, rest] = [this.#head.slice(0, end), this.#head.length - end - 4];
    this.#head = '';
    const asked = /^GET \/bytes\/(\d+)/.exec(head)?.[1];
    if (asked !== undefined) this.#answer(Number(asked));
    else this.#take(head, rest);
  }

  #take(head: string, first: number): void {
    this.#slow = head.startsWith('POST /slow');
    this.#toRead = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    this.#readBody(first);
  }

  #readBody(length: number): void {
    this.#toRead -= length;
    if (this.#toRead <= 0) this.#socket.write(OK);
    else if (this.#slow) {
      this.#socket.pause();
      setTimeout(() => this.#socket.resume(), SLOW_MS);
    }
  }

  #answer(length: number): void {
    this.#toWrite = length;
    this.#socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
    this.#write();
  }

  #write(): void {
    while (this.#toWrite > 0) {
      const block = BLOCK.subarray(0, this.#toWrite);
      this.#toWrite -= block.byteLength;
      if (!this.#socket.write(block)) return;
    }
  }
}

createServer((socket) => new Connection(socket)).listen(Number(process.argv[2]), '127.0.0.1');
endWithTheBench();
