import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

/** A request as an upstream received it. */
export interface Received {
  readonly upstream: string;
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  /** Lower-case names; repeated fields joined as `node:http` does. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface UpstreamOptions {
  /** Speaks TLS with these. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Answers instead of the echo. */
  readonly answer?: (received: Received, response: ServerResponse) => void;
}

/** A real server that remembers what it got; it answers with the request as JSON unless it is told otherwise. */
export class RecordingUpstream {
  readonly received: Received[] = [];
  readonly name: string;
  readonly #server: Server;

  constructor(name: string, server: Server) {
    this.name = name;
    this.#server = server;
  }

  /** Ends with the test or the file that asked for it. */
  static async start(name: string, { tls, answer = echo }: UpstreamOptions = {}): Promise<RecordingUpstream> {
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    const upstream = new RecordingUpstream(name, server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void upstream.#record(request).then((received) => answer(received, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    after(() => upstream.close());
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get last(): Received {
    const last = this.received.at(-1);
    if (last === undefined) throw new Error(`the upstream ${this.name} received nothing`);
    return last;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  async #record(request: IncomingMessage): Promise<Received> {
    const body = await textOf(request);
    const { method = '', url = '', headers, rawHeaders } = request;
    const received = { upstream: this.name, method, url, headers, rawHeaders, body };
    this.received.push(received);
    return received;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function echo(received: Received, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'x-upstream': received.upstream });
  response.end(JSON.stringify(received));
}
