import { connect, type Socket } from 'node:net';

export type Slowness = 'head' | 'body' | 'reader';

/** Between two bytes of the same client; the clients take turns. */
const PAUSE_MS = 1000;
const TURN_MS = 10;
const ENDLESS = 1024 * 1024 * 1024;

/** Clients that take their time over the same thing; whoever is sent away comes again. */
export class SlowClients {
  /** The first lines of answers, as they came. */
  readonly answers: string[] = [];
  readonly #port: number;
  readonly #slowness: Slowness;
  readonly #begin: string;
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  #stopped = false;

  /** @param host the Host field; readers ask for `/large` */
  constructor(port: number, host: string, slowness: Slowness, count: number) {
    this.#port = port;
    this.#slowness = slowness;
    this.#begin = beginning(slowness, host);
    for (let n = 0; n < count; n++) this.#open();
    this.#timer = setInterval(() => this.#drip(Math.ceil((count * TURN_MS) / PAUSE_MS)), TURN_MS);
  }

  /** Connections that are made. */
  get open(): number {
    return [...this.#sockets].filter(({ readyState }) => readyState === 'open').length;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(): void {
    const socket = connect(this.#port, '127.0.0.1');
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#closed(socket));
    socket.write(this.#begin);
    if (this.#slowness === 'reader') return;
    socket.setEncoding('latin1').on('data', (text: string) => this.answers.push(text.slice(0, text.indexOf('\r\n'))));
  }

  #closed(socket: Socket): void {
    this.#sockets.delete(socket);
    if (!this.#stopped) this.#open();
  }

  /** Those whose turn it is go to the end of the line. */
  #drip(count: number): void {
    if (this.#slowness === 'reader') return;
    for (const socket of [...this.#sockets].slice(0, count)) {
      this.#sockets.delete(socket);
      this.#sockets.add(socket);
      if (socket.writable) socket.write('x');
    }
  }
}

function beginning(slowness: Slowness, host: string): string {
  switch (slowness) {
    case 'head':
      return `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `;
    case 'body':
      return `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${ENDLESS}\r\n\r\n`;
    case 'reader':
      return `GET /large HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  }
}
