import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

export interface TokenAsked {
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}

/** Somebody else's token endpoint: gives numbered tokens to whoever asks, and remembers what was asked. */
export class TokenEndpoint {
  readonly asked: TokenAsked[] = [];
  /** Answers instead. */
  misbehave: ((response: ServerResponse) => void) | null = null;
  url = '';

  /** Ends with the test or the file that asked for it. */
  static async start(): Promise<TokenEndpoint> {
    const endpoint = new TokenEndpoint();
    const server = createServer((request, response) => void endpoint.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    return endpoint;
  }

  get last(): TokenAsked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nobody asked for a token');
    return last;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    this.asked.push({ authorization: request.headers.authorization ?? '', form });
    if (this.misbehave !== null) return this.misbehave(response);
    response.setHeader('content-type', 'application/json');
    const token = { access_token: `token-${this.asked.length}`, token_type: 'Bearer', expires_in: 3600 };
    response.end(JSON.stringify(token));
  }
}
