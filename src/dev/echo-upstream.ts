import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type EchoedRequest, echoPage } from './echo-page.ts';

export interface EchoOptions {
  /** What it calls itself in its answers. */
  readonly name: string;
  /** Where its page leads back to; no link without one. */
  readonly portalUrl?: string;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** PEM; with it the server speaks HTTPS only. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface EchoUpstream {
  readonly host: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  close(): Promise<void>;
}

const BODY_LIMIT = 64 * 1024;

/** An upstream that answers with what it received: a page for browsers, JSON for everyone else. */
export async function startEchoUpstream(options: EchoOptions): Promise<EchoUpstream> {
  const { host = '127.0.0.1', port = 0, tls } = options;
  const answer: RequestListener = (request, response) => {
    // It fails only when the request is cut off, and then nobody waits for an answer.
    echo(options, request, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await listening(server, host, port);
  const address = server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  return { host, port: address.port, url: `${scheme}://${host}:${address.port}`, close: () => closed(server) };
}

async function echo(options: EchoOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const echoed = await read(options.name, request);
  const forBrowser = request.headers.accept?.includes('text/html') === true;
  response.setHeader('content-type', forBrowser ? 'text/html; charset=utf-8' : 'application/json');
  response.setHeader('cache-control', 'no-store');
  response.end(
    forBrowser ? echoPage(echoed, options.portalUrl ?? null).toString() : `${JSON.stringify(echoed, null, 2)}\n`,
  );
}

async function read(service: string, request: IncomingMessage): Promise<EchoedRequest> {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  return {
    service,
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers: headersOf(request),
    ...(await bodyOf(request)),
  };
}

/** By name; a repeated field gives a list. */
function headersOf(request: IncomingMessage): EchoedRequest['headers'] {
  const entries = Object.entries(request.headersDistinct).map(([name, values = []]) => {
    return [name, values.length === 1 ? values[0]! : values] as const;
  });
  return Object.fromEntries(entries);
}

/** The rest of a body that is too long is read and left out. */
async function bodyOf(request: IncomingMessage): Promise<Pick<EchoedRequest, 'body' | 'bodyBytes'>> {
  const kept: Buffer[] = [];
  let bodyBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (bodyBytes < BODY_LIMIT) kept.push(chunk);
    bodyBytes += chunk.length;
  }
  return { body: Buffer.concat(kept).subarray(0, BODY_LIMIT).toString('utf8'), bodyBytes };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
