import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { CidrSet } from '../../src/base/cidr.ts';
import { systemClock } from '../../src/base/clock.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { Sweeper } from '../../src/base/sweeper.ts';
import { createHttp2Engine } from '../../src/downstream/http2/engine.ts';
import { DEFAULT_LIMITS, type ListenerLimits } from '../../src/downstream/limits.ts';
import type { Connection, ConnectionFacts } from '../../src/downstream/protocol.ts';
import { BufferedBody, readBody } from '../../src/gateway/body.ts';
import type { Exchange, RequestHead } from '../../src/gateway/exchange.ts';
import type { Kernel, UnparsedRequest } from '../../src/gateway/kernel.ts';
import type { Response } from '../../src/gateway/outcome.ts';
import type { Snapshot } from '../../src/gateway/snapshot.ts';

export interface EngineOptions {
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<ListenerLimits>;
  readonly isOverloaded?: () => boolean;
  readonly mayAsk?: (host: string) => boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Reads the first bytes before the engine gets the connection, as a listener does that has to tell protocols apart. */
  readonly readsFirst?: boolean;
  /** Instead of reading the body and answering 200. `null`: no answer. */
  readonly answer?: (x: Exchange) => Response | null | Promise<Response | null>;
}

/** An HTTP/2 engine over a kernel that records what it is given. */
export interface RunningEngine extends AsyncDisposable {
  readonly port: number;
  readonly heads: RequestHead[];
  readonly exchanges: Exchange[];
  readonly bodies: string[];
  readonly unparsed: UnparsedRequest[];
  /** Every exchange, once it was settled, and whether its answer went out whole. */
  readonly settled: { readonly x: Exchange; readonly whole: boolean }[];
  readonly connections: Set<Connection>;
}

export async function startEngine(options: EngineOptions = {}): Promise<RunningEngine> {
  const running = {
    heads: [] as RequestHead[],
    exchanges: [] as Exchange[],
    bodies: [] as string[],
    unparsed: [] as UnparsedRequest[],
    settled: [] as { x: Exchange; whole: boolean }[],
    connections: new Set<Connection>(),
  };
  const answer = options.answer ?? ((x: Exchange) => readAndAnswer(x, running.bodies));
  const kernel: Kernel = {
    refusedUnparsed: (request) => void running.unparsed.push(request),
    handle: async (x, writer) => {
      running.heads.push(x.request);
      running.exchanges.push(x);
      const response = await answer(x);
      if (response === null) return;
      x.response = response;
      writer.send(x, response, {
        settled: (_x, whole) => {
          x.body?.destroy();
          running.settled.push({ x, whole });
        },
      });
    },
  };
  const snapshot = { trustedProxies: new CidrSet(options.trustedProxies ?? []) } as Snapshot;
  const engine = createHttp2Engine({
    kernel,
    snapshot: () => snapshot,
    clock: systemClock,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    sweeper: new Sweeper(20),
    isDraining: () => false,
    isOverloaded: options.isOverloaded ?? (() => false),
    mistake: () => {},
  });
  const serve = (socket: Socket, first: Buffer | null) => {
    const connection = engine.serve(socket, factsOf(socket, options), first);
    running.connections.add(connection);
    socket.on('close', () => running.connections.delete(connection));
  };
  const sockets = new Set<Socket>();
  const server = createFor(options, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (options.readsFirst !== true) serve(socket, null);
    else {
      socket.once('data', (first: Buffer) => {
        socket.pause();
        serve(socket, first);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { ...running, port, [Symbol.asyncDispose]: () => close(server, sockets) };
}

/** Reads the body and answers with what came. */
export async function readAndAnswer(x: Exchange, bodies: string[] = []): Promise<Response | null> {
  const read = x.body === null ? null : await readBody(x.body, 64 * 1024 * 1024).catch(() => null);
  if (x.body !== null && read === null) return { status: 400, headers: new HeaderList(), body: null };
  const text = read?.kind === 'complete' ? read.bytes.toString() : '';
  bodies.push(text);
  return { status: 200, headers: HeaderList.from([['x-seen', x.id]]), body: new BufferedBody(`got ${text.length}`) };
}

function factsOf(socket: Socket, { mayAsk }: EngineOptions): ConnectionFacts {
  const isTls = socket instanceof TLSSocket;
  return {
    peerAddress: '127.0.0.1',
    scheme: isTls ? 'https' : 'http',
    tls: isTls ? { version: 'TLSv1.3', serverName: 'app.test', clientCertificate: null } : null,
    mayAsk: mayAsk ?? (() => true),
  };
}

function createFor({ tls }: EngineOptions, accepted: (socket: Socket) => void): Server {
  if (tls === undefined) return createServer({ allowHalfOpen: true, noDelay: true }, accepted);
  return createTlsServer({ ...tls, ALPNProtocols: ['h2'], allowHalfOpen: true }, accepted);
}

function close(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
