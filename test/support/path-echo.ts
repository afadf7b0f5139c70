import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x');

/**
 * An upstream that answers with the path, after the body, and counts how often it was asked for each. Only `/large`
 * gets more.
 */
export class PathEcho {
  readonly asked = new Map<string, number>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
      const body = path === '/large' ? LARGE : path;
      request.resume().on('end', () => response.setHeader('content-length', body.length).end(body));
    });
  }

  /** Ends with the test or the file that asked for it. */
  static async start(): Promise<PathEcho> {
    const echo = new PathEcho();
    await new Promise<void>((resolve) => echo.#server.listen(0, '127.0.0.1', resolve));
    after(() => echo.#server.close().closeAllConnections());
    return echo;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}
