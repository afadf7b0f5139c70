import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadOptions {
  readonly port: number;
  /** The Host field. */
  readonly host: string;
  readonly connections: number;
  /** A connection of its own for every request; otherwise one is used as long as it is kept. */
  readonly fresh?: boolean;
  /** Of every path, so that those of two loads differ. */
  readonly prefix?: string;
}

export interface LoadResult {
  /** The paths that were asked for, each once, and answered with 200 and themselves. */
  readonly answered: ReadonlySet<string>;
  /** What became of each request that was sent and not answered as it should have been. */
  readonly failed: readonly string[];
  /** The first requests of their connections, which ended without a byte: nobody may ever have taken them. */
  readonly unheard: readonly string[];
}

const HEAD_END = '\r\n\r\n';
/** Between two attempts to connect while nobody listens. */
const PAUSE_MS = 5;

/**
 * Asks an upstream that answers with the path, one request after the other on each connection; each request has a path
 * of its own. While nobody listens it waits.
 */
export class SteadyLoad {
  readonly #options: LoadOptions;
  readonly #running: Promise<void>[];
  readonly #failed: string[] = [];
  readonly #unheard: string[] = [];
  readonly #answered = new Set<string>();
  #asked = 0;
  #stopping = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#running = Array.from({ length: options.connections }, () => this.#ask());
  }

  get answered(): number {
    return this.#answered.size;
  }

  get failed(): readonly string[] {
    return this.#failed;
  }

  /** Ends after the requests under way. */
  async stop(): Promise<LoadResult> {
    this.#stopping = true;
    await Promise.all(this.#running);
    return { answered: this.#answered, failed: this.#failed, unheard: this.#unheard };
  }

  async #ask(): Promise<void> {
    while (!this.#stopping) {
      const socket = await open(this.#options.port);
      if (socket === null) await sleep(PAUSE_MS);
      else await this.#askOn(socket);
      socket?.destroy();
    }
  }

  async #askOn(socket: Socket): Promise<void> {
    const { host, fresh = false, prefix = '' } = this.#options;
    for (let n = 0; !this.#stopping; n++) {
      const path = `/${prefix}${++this.#asked}`;
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fresh ? 'Connection: close\r\n' : ''}\r\n`);
      const answer = await readAnswer(socket);
      if (!isRight(answer, path)) {
        if (answer === null && n === 0) this.#unheard.push(path);
        else this.#failed.push(`${path}: ${answer ?? 'the connection was closed without an answer'}`);
        return;
      }
      this.#answered.add(path);
      if (/^connection: close\r$/im.test(answer)) return;
    }
  }
}

function isRight(answer: string | null, path: string): answer is string {
  return answer?.startsWith('HTTP/1.1 200 ') === true && answer.endsWith(HEAD_END + path);
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
