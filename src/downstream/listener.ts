import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Connections } from './connection.ts';
import { DEFAULT_LIMITS, type ListenerLimits } from './limits.ts';
import { type ParseError, refusalOf } from './parse-errors.ts';
import { refuseHead, type ServeParts, serve } from './serve.ts';
import { answerRaw, unparsed } from './unparsed.ts';

export interface ListenOptions extends Pick<ServeParts, 'kernel' | 'snapshot' | 'clock'> {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM; without it the listener speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits?: Partial<ListenerLimits>;
}

/** A named address that requests are accepted on. */
export interface Listener {
  readonly address: { readonly host: string; readonly port: number };
  /** Accepts no more connections, lets answers that are being made go out, and after `ms` closes what is left. */
  drain(ms: number): Promise<void>;
  /** Closes everything at once. */
  close(): Promise<void>;
}

/** @throws when the address cannot be listened on, or the certificate cannot be used. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const state = { draining: false };
  const { kernel, snapshot, clock } = options;
  const server = createServer(options, limits);
  wire(server, { kernel, snapshot, clock, limits, isDraining: () => state.draining });
  await bind(server, options);
  const { address, port } = server.address() as AddressInfo;
  return {
    address: { host: address, port },
    drain: (ms) => {
      state.draining = true;
      return closeWithin(server, ms);
    },
    close: () => closeWithin(server, 0),
  };
}

function createServer({ tls }: ListenOptions, limits: ListenerLimits): Server {
  const http = {
    insecureHTTPParser: false,
    // Its own check neither logs nor explains; `canonical/` asks for exactly one Host.
    requireHostHeader: false,
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    // Bodies may take long as long as they move: `bodyIdle`.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1_000, limits.headTimeout),
    // An upgrade that is refused is a request like any other, in its turn.
    shouldUpgradeCallback: () => false,
  };
  const server =
    tls === undefined
      ? createHttpServer(http)
      : createHttpsServer({ ...http, ...tls, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] });
  server.maxConnections = limits.connections;
  return server;
}

function wire(server: Server, parts: ServeParts): void {
  const connections = new Connections(parts.limits.pipelined);
  const takeTurn = (expectsContinue: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.of(request.socket);
    // A write after the end is a mistake of ours; it costs this connection, not the process.
    response.on('error', () => request.socket.destroy());
    connection.take(() => serve({ request, response, connection, expectsContinue }, parts));
  };
  server.on('request', takeTurn(false));
  server.on('checkContinue', takeTurn(true));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.of(request.socket);
    const refusal = { reason: 'bad-header', status: 417, detail: 'an unknown expectation' } as const;
    const incoming = { request, response, connection, expectsContinue: false };
    connection.take(() => refuseHead(incoming, refusal, parts));
  });
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    // Node does not watch a socket that it handed over.
    socket.on('error', () => socket.destroy());
    refuseRaw(socket, connections, { reason: 'method-refused', status: 405, detail: 'CONNECT is not served' }, parts);
  });
  server.on('clientError', (error: ParseError, socket: Socket) => {
    const refusal = refusalOf(error, parts.limits);
    connections.of(socket).body?.fail(error);
    if (refusal === null) socket.destroy();
    else refuseRaw(socket, connections, refusal, parts);
  });
}

/** While an answer is under way nothing may be written between its bytes; the connection ends after it. */
function refuseRaw(
  socket: Socket,
  connections: Connections,
  refusal: NonNullable<ReturnType<typeof refusalOf>>,
  { kernel }: ServeParts,
): void {
  const connection = connections.of(socket);
  const isOver = connection.closing || !socket.writable;
  connection.closeAfterThis();
  if (connection.busy || isOver) return;
  const request = unparsed(socket, refusal);
  kernel.refusedUnparsed(request);
  answerRaw(socket, request);
}

function bind(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // Such as too many open files while accepting: this connection is lost, the listener goes on.
      server.on('error', (error) => process.emitWarning(error));
      resolve();
    });
  });
}

function closeWithin(server: Server, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), ms);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
