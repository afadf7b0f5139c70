import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Seen } from '../../support/raw-upstream.ts';
import { NotHttp, readRequest } from '../../support/strict-reader.ts';
import type { RequestUpstream } from './run.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/** Answers as soon as it has a head, whatever comes behind it (R10), and records the requests that are whole. */
export class EarlyUpstream implements RequestUpstream {
  readonly seen: Seen[] = [];
  readonly foul: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(): Promise<EarlyUpstream> {
    const upstream = new EarlyUpstream();
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    let bytes = '';
    let isAnswered = false;
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      bytes += chunk;
      for (;;) {
        if (!isAnswered && bytes.includes('\r\n\r\n')) socket.write(ANSWER);
        isAnswered ||= bytes.includes('\r\n\r\n');
        const end = this.#read(bytes, socket);
        if (end === 0) return;
        bytes = bytes.slice(end);
        isAnswered = false;
      }
    });
  }

  /** The index behind the request; 0: it is not whole. */
  #read(bytes: string, socket: Socket): number {
    try {
      const read = readRequest(bytes);
      if (read !== null) this.seen.push({ ...read.message, connection: 0 });
      return read?.end ?? 0;
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error;
      this.foul.push(`${error.message} in ${JSON.stringify(bytes)}`);
      socket.destroy();
      return 0;
    }
  }
}
