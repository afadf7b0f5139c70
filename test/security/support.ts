import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { NO_RULES } from '../../identity/authentication-rules.ts';
import { CidrSet } from '../../src/base/cidr.ts';
import { systemClock } from '../../src/base/clock.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { type Listener, type ListenOptions, listen } from '../../src/downstream/listener.ts';
import type { ConnectionFacts } from '../../src/downstream/protocol.ts';
import { BufferedBody, type BufferResult, RequestBodyError, readBody } from '../../src/gateway/body.ts';
import type { Exchange, RequestHead } from '../../src/gateway/exchange.ts';
import type { Kernel, Settlement, UnparsedRequest } from '../../src/gateway/kernel.ts';
import type { Response } from '../../src/gateway/outcome.ts';
import { REASONS } from '../../src/gateway/reasons.ts';
import type { Snapshot } from '../../src/gateway/snapshot.ts';
import { NO_RULES as NO_FACTOR_RULES } from '../support/no-factor-rules.ts';

/** A listener over a kernel that records what it is given: what a test sees here is what the gateway would act on. */
export interface Recorder extends AsyncDisposable {
  readonly port: number;
  readonly listener: Listener;
  readonly heads: RequestHead[];
  readonly bodies: string[];
  readonly unparsed: UnparsedRequest[];
  /** Every exchange, as soon as it began. */
  readonly open: Exchange[];
  /** Every exchange, once it was settled. */
  readonly settled: Exchange[];
}

export interface RecorderOptions {
  readonly trustedProxies?: readonly string[];
  readonly limits?: ListenOptions['limits'];
  /** Instead of reading the body and answering 200. */
  readonly answer?: (x: Exchange) => Response | Promise<Response>;
  readonly isOverloaded?: () => boolean;
  readonly warn?: (message: string) => void;
  readonly tls?: NonNullable<ListenOptions['tls']>;
}

export async function startRecorder(options: RecorderOptions = {}): Promise<Recorder> {
  const heads: RequestHead[] = [];
  const bodies: string[] = [];
  const unparsed: UnparsedRequest[] = [];
  const open: Exchange[] = [];
  const settled: Exchange[] = [];
  const answer = options.answer ?? ((x: Exchange) => readAndAnswer(x, bodies));
  const kernel: Kernel = {
    refusedUnparsed: (request) => void unparsed.push(request),
    handle: (x, writer) => {
      heads.push(x.request);
      open.push(x);
      const settlement: Settlement = {
        settled: (one, whole) => {
          if (!whole) one.aborted = true;
          settled.push(one);
        },
      };
      Promise.resolve(answer(x)).then(
        (response) => writer.send(x, response, settlement),
        (error: Error) => writer.send(x, text(500, error.message), settlement),
      );
    },
  };
  const snapshot = snapshotWith(options.trustedProxies ?? []);
  const { limits = {}, isOverloaded, tls, warn } = options;
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    kernel,
    snapshot: () => snapshot,
    clock: systemClock,
    limits,
    ...(isOverloaded === undefined ? {} : { isOverloaded }),
    ...(tls === undefined ? {} : { tls }),
    ...(warn === undefined ? {} : { warn }),
  });
  const { port } = listener.address;
  return { port, listener, heads, bodies, unparsed, open, settled, [Symbol.asyncDispose]: () => listener.close() };
}

async function readAndAnswer(x: Exchange, bodies: string[]): Promise<Response> {
  const read: BufferResult | Error =
    x.body === null ? { kind: 'complete', bytes: Buffer.alloc(0) } : await readBody(x.body, 1e6).catch((e: Error) => e);
  if (read instanceof Error)
    return text(read instanceof RequestBodyError ? REASONS[read.reason].status : 400, 'cut off');
  bodies.push(read.kind === 'complete' ? read.bytes.toString('latin1') : 'too large');
  return text(200, 'ok');
}

export function text(status: number, body: string, fields: readonly (readonly [string, string])[] = []): Response {
  return { status, headers: HeaderList.from(fields), body: new BufferedBody(body) };
}

export function snapshotWith(trustedProxies: readonly string[]): Snapshot {
  return {
    generation: 1,
    domain: 'localhost',
    trustedProxies: new CidrSet(trustedProxies),
    cleartextHttp2: false,
    routes: { route: () => null, serves: () => false, servesExactly: () => false },
    services: [],
    directory: {} as Snapshot['directory'],
    identityProviders: [],
    authentication: NO_RULES,
    clusterConfig: { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: {} },
    factorRules: NO_FACTOR_RULES,
    secrets: { open: () => null, version: () => 0 },
  };
}

/** A cleartext connection on which every host may be asked for. */
export const FACTS: ConnectionFacts = { peerAddress: '192.0.2.1', scheme: 'http', tls: null, mayAsk: () => true };

/** Sends bytes as they are and gives what came back: until the connection is closed, or until `enough`. */
export function send(
  port: number,
  bytes: string,
  enough: (received: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1').on('data', (chunk) => {
      received += chunk;
      if (enough(received)) socket.destroy();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(received) : reject(error),
    );
  });
}

/** One request without a body; the connection is closed after it. */
export function get(port: number, target: string, fields: readonly string[] = ['Host: a.example']): Promise<string> {
  const lines = [`GET ${target} HTTP/1.1`, ...fields, 'Connection: close', '', ''];
  return send(port, lines.join('\r\n'));
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** The statuses of all answers on a connection. */
export function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** Resolves as soon as `condition` holds; looks again with every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A server of bytes: `onConnection` reads and writes as it likes. */
export async function startRaw(onConnection: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
