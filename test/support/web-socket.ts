import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import WebSocket, { type RawData, WebSocketServer } from 'ws';
import { until } from './until.ts';

/** A WebSocket server that gives back what it gets, and remembers who came. */
export class EchoSockets {
  /** The handshakes, as they arrived. */
  readonly handshakes: IncomingMessage[] = [];
  /** Close codes, as they arrived. */
  readonly closed: number[] = [];
  readonly #server: WebSocketServer;

  constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket, request) => {
      this.handshakes.push(request);
      socket.on('error', () => {});
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
      socket.on('close', (code) => this.closed.push(code));
    });
  }

  /** Ends with the test or the file that asked for it. Answers 418 on `/teapot`. */
  static async start(): Promise<EchoSockets> {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: true,
      verifyClient: ({ req }, answer) => answer(req.url !== '/teapot', 418, 'short and stout'),
      handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
    });
    await once(server, 'listening');
    after(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    return new EchoSockets(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The server's end of every socket that is open. */
  get open(): WebSocket[] {
    return [...this.#server.clients];
  }
}

export interface SocketAsk {
  readonly host: string;
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The client's end of a WebSocket through the gateway. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly #messages: (string | Buffer)[] = [];
  #end: { readonly code: number; readonly reason: string } | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => this.#messages.push(isBinary ? bytesOf(data) : bytesOf(data).toString()));
    socket.on('close', (code, reason) => {
      this.#end = { code, reason: reason.toString() };
    });
    socket.on('error', () => {});
    after(() => socket.terminate());
  }

  /** @throws Error when the handshake is refused. */
  static async open(port: number, ask: SocketAsk): Promise<SocketClient> {
    const client = new SocketClient(dial(port, ask));
    await until(
      () => `the WebSocket to ${ask.host} to open`,
      () => client.#end !== null || client.socket.readyState === WebSocket.OPEN,
    );
    if (client.#end !== null) throw new Error(`the handshake with ${ask.host} was refused`);
    return client;
  }

  send(message: string | Buffer): void {
    this.socket.send(message);
  }

  /** The next message that has not been taken. */
  async next(): Promise<string | Buffer> {
    await until('a message', () => this.#messages.length > 0 || this.#end !== null);
    const message = this.#messages.shift();
    if (message === undefined) throw new Error('the WebSocket ended instead of saying something');
    return message;
  }

  ended(): Promise<{ readonly code: number; readonly reason: string }> {
    return until('the end of the WebSocket', () => this.#end);
  }
}

export interface Refused {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** The answer to a handshake that is not accepted. */
export async function refusedHandshake(port: number, ask: SocketAsk): Promise<Refused> {
  const socket = dial(port, ask);
  const answered = once(socket, 'unexpected-response');
  const [, answer] = (await Promise.race([answered, once(socket, 'open')])) as [unknown, IncomingMessage | undefined];
  if (answer === undefined) {
    socket.terminate();
    throw new Error('the handshake was accepted');
  }
  answer.resume();
  socket.on('error', () => {}).terminate();
  return { status: answer.statusCode ?? 0, headers: answer.headers };
}

function dial(port: number, { host, path = '/', protocols = [], headers = {} }: SocketAsk): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
    headers: { ...headers, host: `${host}:${port}` },
  });
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
