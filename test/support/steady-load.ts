import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly answered: number;
  /** What became of each request that was sent and not answered as it should have been. */
  readonly failed: readonly string[];
}

const HEAD_END = '\r\n\r\n';

/** Asks over kept connections, one request after the other on each, as long as anybody listens. */
export class SteadyLoad {
  readonly #port: number;
  readonly #request: string;
  readonly #running: Promise<void>[];
  readonly #failed: string[] = [];
  #answered = 0;
  #stopping = false;

  constructor(port: number, host: string, connections: number) {
    this.#port = port;
    this.#request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    this.#running = Array.from({ length: connections }, () => this.#ask());
  }

  get answered(): number {
    return this.#answered;
  }

  /** Ends after the requests under way. */
  stop(): Promise<LoadResult> {
    this.#stopping = true;
    return this.ended();
  }

  /** Waits until nobody listens any more. */
  async ended(): Promise<LoadResult> {
    await Promise.all(this.#running);
    return { answered: this.#answered, failed: this.#failed };
  }

  async #ask(): Promise<void> {
    while (!this.#stopping) {
      const socket = await open(this.#port);
      if (socket === null) return;
      await this.#askOn(socket);
      socket.destroy();
    }
  }

  async #askOn(socket: Socket): Promise<void> {
    while (!this.#stopping) {
      socket.write(this.#request);
      const answer = await readAnswer(socket);
      if (answer === null || !answer.startsWith('HTTP/1.1 200 ')) {
        this.#failed.push(answer ?? 'the connection was closed without an answer');
        return;
      }
      this.#answered++;
      if (/^connection: close\r$/im.test(answer)) return;
    }
  }
}

function open(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.once('error', () => resolve(null));
    socket.once('connect', () => resolve(socket));
  });
}

/** A whole answer of known length; `null` when the connection ended before it was there. */
function readAnswer(socket: Socket): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const settle = (answer: string | null): void => {
      socket.off('data', take).off('close', closed).off('error', closed);
      resolve(answer);
    };
    const closed = (): void => settle(text === '' ? null : `cut off: ${text}`);
    const take = (chunk: string): void => {
      text += chunk;
      if (text.length >= lengthOf(text)) settle(text);
    };
    socket.on('data', take).on('close', closed).on('error', closed);
  });
}

/** Of head and body together. */
function lengthOf(text: string): number {
  const end = text.indexOf(HEAD_END);
  if (end < 0) return Number.POSITIVE_INFINITY;
  const length = /^content-length: (\d+)\r$/im.exec(text.slice(0, end + 2))?.[1];
  return end + HEAD_END.length + Number(length ?? 0);
}
