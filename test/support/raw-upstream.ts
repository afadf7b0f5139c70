import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Message, NotHttp, readRequest, valuesOf } from './strict-reader.ts';

/** A request as it stood on the wire. */
export interface Seen extends Message {
  /** Number of the connection that it came on. */
  readonly connection: number;
}

/** What is answered; every request gets an answer of its own. */
export type Answering = (seen: Seen, socket: Socket) => void;

/** An upstream that records bytes and reads them with the strict reader of the tests. */
export class RawUpstream implements AsyncDisposable {
  readonly seen: Seen[] = [];
  /** What no strict reader understands: there must never be any. */
  readonly foul: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answer: Answering;
  #connections = 0;

  constructor(answer: Answering) {
    this.#answer = answer;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async start(answer: Answering = answerEmpty): Promise<RawUpstream> {
    const upstream = new RawUpstream(answer);
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(socket: Socket): void {
    const connection = this.#connections++;
    let bytes = '';
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      bytes = this.#read(bytes + chunk, connection, socket);
    });
  }

  /** What is left of the bytes. */
  #read(bytes: string, connection: number, socket: Socket): string {
    try {
      for (let at = 0; ; ) {
        const read = readRequest(bytes, at);
        if (read === null) return bytes.slice(at);
        at = read.end;
        const seen = { ...read.message, connection };
        this.seen.push(seen);
        this.#answer(seen, socket);
      }
    } catch (error) {
      if (!(error instanceof NotHttp)) throw error;
      this.foul.push(`${error.message} in ${JSON.stringify(bytes)}`);
      socket.destroy();
      return '';
    }
  }
}

function answerEmpty(_seen: Seen, socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
}

export function requestIdOf(seen: Seen): string {
  return valuesOf(seen, 'x-request-id').join();
}
