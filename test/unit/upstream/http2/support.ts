import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { systemClock } from '../../../../src/base/clock.ts';
import { HeaderList } from '../../../../src/base/header-list.ts';
import { Sweeper } from '../../../../src/base/sweeper.ts';
import { type Body, BufferedBody } from '../../../../src/gateway/body.ts';
import type { GrpcCall, OutgoingRequest } from '../../../../src/gateway/exchange.ts';
import type { Response } from '../../../../src/gateway/outcome.ts';
import type { UpstreamFailure } from '../../../../src/upstream/failures.ts';
import { createHttp2Transport } from '../../../../src/upstream/http2/transport.ts';
import { DEFAULT_TIMEOUTS, type UpstreamTimeouts } from '../../../../src/upstream/spec.ts';
import type { Attempt, Transport, TransportLimits, TransportParts } from '../../../../src/upstream/transport.ts';
import { secureContextOf } from '../../../../src/upstream/trust.ts';
import { anExchange } from '../../telemetry/an-exchange.ts';

export interface Upstream extends AsyncDisposable {
  readonly port: number;
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** Closes every connection without a word of HTTP/2. */
  cut(): void;
}

/** A cleartext HTTP/2 server on loopback that hands every stream to `serve`. */
export async function http2Upstream(
  serve: (stream: ServerHttp2Stream, headers: Record<string, unknown>, raw: string[]) => void,
  settings: Parameters<typeof createServer>[0] = {},
): Promise<Upstream> {
  const server = createServer(settings);
  const sessions = new Set<ServerHttp2Session>();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {}).on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream, headers, _flags, raw) => {
    stream.on('error', () => {});
    serve(stream, headers, raw);
  });
  await listening(server);
  const close = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { port: portOf(server), sessions, cut, [Symbol.asyncDispose]: close };
}

async function listening(server: Http2Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

export interface Setting {
  readonly scheme?: 'http' | 'https';
  readonly timeouts?: Partial<UpstreamTimeouts>;
  readonly limits?: Partial<TransportLimits>;
  readonly trustedCAs?: readonly string[];
}

export function transportTo(port: number, setting: Setting = {}): Transport {
  return createHttp2Transport(partsFor(port, setting));
}

function partsFor(port: number, { scheme = 'http', timeouts, limits, trustedCAs = [] }: Setting): TransportParts {
  const tls = { trustedCAs };
  return {
    origin: new URL(`${scheme}://127.0.0.1:${port}`),
    address: () => ({ host: '127.0.0.1', port }),
    proxy: null,
    tls,
    secureContext: () => secureContextOf(tls, []),
    timeouts: { ...DEFAULT_TIMEOUTS, ...timeouts },
    limits: { connections: 4, pending: 100, keepAlive: 30_000, headBytes: 32_768, headerFields: 100, ...limits },
    clock: systemClock,
    sweeper: new Sweeper(10),
  };
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: readonly string[];
  readonly body?: Body | string | null;
  readonly upgrade?: 'websocket' | null;
  readonly grpc?: Partial<GrpcCall>;
}

/** What became of one attempt. */
export class Asking implements Attempt {
  readonly x = anExchange();
  readonly authority = 'api.example';
  readonly interim: number[] = [];
  cancel: Attempt['cancel'] = null;
  response: Response | null = null;
  failure: UpstreamFailure | null = null;
  sent: boolean | null = null;
  whole: boolean | null = null;
  readonly settled = Promise.withResolvers<void>();
  readonly ended = Promise.withResolvers<boolean>();

  constructor({ method = 'GET', path = '/', query = '', headers = [], body = null, upgrade = null, grpc }: Asked) {
    const outgoing: OutgoingRequest = {
      method,
      path,
      query,
      authority: null,
      headers: new HeaderList([...headers]),
      body: typeof body === 'string' ? new BufferedBody(body) : body,
      upgrade,
      sign: null,
    };
    this.x.outgoing = outgoing;
    this.x.sendInterim = (status) => this.interim.push(status);
    if (grpc !== undefined) this.x.grpc = { ...CALL, ...grpc };
  }

  answered(response: Response): void {
    this.response = response;
    this.settled.resolve();
  }

  failed(failure: UpstreamFailure, sent: boolean): void {
    this.failure = failure;
    this.sent = sent;
    this.settled.resolve();
    this.ended.resolve(false);
  }

  over(whole: boolean): void {
    this.whole = whole;
    this.ended.resolve(whole);
  }
}

const CALL: GrpcCall = {
  package: 'demo',
  service: 'Echo',
  serviceFullName: 'demo.Echo',
  method: 'Say',
  wire: 'grpc',
  timeout: null,
  status: null,
  resetCode: null,
};

/** Sends a request; resolves when its head is answered, or it failed. */
export async function ask(transport: Transport, asked: Asked = {}): Promise<Asking> {
  const asking = new Asking(asked);
  transport.send(asking);
  await asking.settled.promise;
  return asking;
}

export interface Read {
  readonly bytes: Buffer;
  readonly trailers: HeaderList | null;
}

/** Reads a body as one that is never held up does. Rejects when it is cut off. */
export function readAll(body: Body): Promise<Read> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    body.pipe({
      write: (chunk) => chunks.push(Buffer.from(chunk)) > 0,
      end: (trailers) => resolve({ bytes: Buffer.concat(chunks), trailers }),
      fail: reject,
    });
  });
}

export async function textOf({ response }: Asking): Promise<string> {
  return response!.body === null ? '' : (await readAll(response!.body)).bytes.toString();
}
