import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import { messageOf } from '../base/errors.ts';

/** What the admin listener shows: state and figures, nothing that can be changed and nothing confidential. */
export interface AdminListenerDeps {
  readonly isStarted: () => boolean;
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface AdminListener {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

type Answer = { readonly status: number; readonly contentType: string; readonly text: string };

/** `/healthz`, `/readyz`, `/startupz` and `/metrics`, on an address apart from the public ones. */
export async function openAdminListener(host: string, port: number, deps: AdminListenerDeps): Promise<AdminListener> {
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request.method, request.url ?? '/', request.headers.host, deps).catch(failed);
    response.writeHead(answer.status, { 'content-type': answer.contentType, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : answer.text);
  });
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    address: { host: address.address, port: address.port },
    close: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

const PAGES: Readonly<Record<string, (deps: AdminListenerDeps) => Promise<Answer> | Answer>> = {
  '/healthz': () => plain(200, 'ok'),
  '/livez': () => plain(200, 'ok'),
  '/startupz': ({ isStarted }) => (isStarted() ? plain(200, 'started') : plain(503, 'starting')),
  '/readyz': ({ isReady }) => (isReady() ? plain(200, 'ready') : plain(503, 'not ready')),
  '/metrics': async ({ metrics }) => ({ status: 200, ...(await metrics()) }),
};

async function answerTo(
  method: string | undefined,
  url: string,
  host: string | undefined,
  deps: AdminListenerDeps,
): Promise<Answer> {
  if (!isOwnName(host)) return plain(421, 'this listener answers to addresses and localhost only');
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD are served here');
  const path = url.split('?')[0]!;
  const page = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined;
  return page === undefined ? plain(404, 'not found') : page(deps);
}

/** A page of another site whose name resolves to this machine must not read what is here (DNS rebinding). */
function isOwnName(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || isIP(name) !== 0;
}

function plain(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` };
}

/** Whoever scrapes sees what is wrong, and the process goes on. */
function failed(thrown: unknown): Answer {
  return plain(500, `failed: ${messageOf(thrown)}`);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // Such as too many open files while accepting: this connection is lost, the listener goes on.
      server.on('error', (error) => process.emitWarning(error));
      resolve();
    });
  });
}
