import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { HeaderList } from '../../../src/base/header-list.ts';
import { readBody } from '../../../src/gateway/body.ts';
import { Exchange, type OutgoingRequest } from '../../../src/gateway/exchange.ts';
import type { Refusal, Response } from '../../../src/gateway/outcome.ts';
import type { SecretView } from '../../../src/gateway/snapshot.ts';
import { snapshotWith } from '../../security/support.ts';

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly requests: IncomingMessage[];
}

/** A real upstream; with `tls` it speaks HTTPS. */
export async function startServer(listener: RequestListener, tls?: ServerOptions): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const recording: RequestListener = (request, response) => {
    requests.push(request);
    listener(request, response);
  };
  const server: Server = tls === undefined ? createServer(recording) : createSecureServer(tls, recording);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const NO_SECRETS: SecretView = { open: () => null, version: () => 0 };

/** An exchange that is ready to be forwarded. */
export function exchangeWith(change: Partial<OutgoingRequest> = {}, secrets: SecretView = NO_SECRETS): Exchange {
  const head = {
    method: change.method ?? 'GET',
    scheme: 'http',
    host: 'a.example',
    authority: 'a.example:8443',
    path: '/',
    query: '',
    headers: new HeaderList(),
    clientAddress: '192.0.2.1',
    httpVersion: '1.1',
    upgrade: change.upgrade ?? null,
    tls: null,
  } as const;
  const x = new Exchange('id', { ...snapshotWith([]), secrets }, head, null, 0);
  const plain = {
    path: '/',
    query: '',
    authority: null,
    headers: new HeaderList(),
    body: null,
    upgrade: null,
    sign: null,
  };
  x.outgoing = { method: 'GET', ...plain, ...change };
  return x;
}

export async function textOf(outcome: Response | Refusal): Promise<string> {
  if ('reason' in outcome) return `refused: ${outcome.reason}: ${outcome.detail}`;
  if (outcome.body === null) return '';
  const read = await readBody(outcome.body, 1e6);
  return read.kind === 'complete' ? read.bytes.toString('utf8') : 'too large';
}
