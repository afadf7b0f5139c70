import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { systemClock } from '../../../../src/base/clock.ts';
import type { HeaderList } from '../../../../src/base/header-list.ts';
import { Sweeper } from '../../../../src/base/sweeper.ts';
import { type Body, type BodySink, readBody } from '../../../../src/gateway/body.ts';
import type { Exchange, OutgoingRequest } from '../../../../src/gateway/exchange.ts';
import type { Response } from '../../../../src/gateway/outcome.ts';
import type { UpstreamFailure } from '../../../../src/upstream/failures.ts';
import { createHttp1Transport } from '../../../../src/upstream/http1/transport.ts';
import type { Attempt, Transport, TransportParts } from '../../../../src/upstream/transport.ts';
import { exchangeWith } from '../support.ts';

/** A server of bytes: what it received on each connection, in the order of connections. */
export interface RawServer extends AsyncDisposable {
  readonly port: number;
  readonly sockets: Socket[];
  readonly received: string[];
}

export type OnRequest = (socket: Socket, request: number, connection: number) => void;

/** Calls `onRequest` for each empty line that a request head or a body in chunks ends in. */
export async function serve(onRequest: OnRequest, tls?: { cert: string; key: string }): Promise<RawServer> {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const accept = (socket: Socket): void => {
    const connection = sockets.push(socket) - 1;
    let requests = 0;
    received.push('');
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      received[connection] += chunk.toString('latin1');
      const heads = (received[connection] as string).split('\r\n\r\n').length - 1;
      while (requests < heads) onRequest(socket, requests++, connection);
    });
  };
  const options = { allowHalfOpen: true };
  const server: Server =
    tls === undefined ? createServer(options, accept) : createTlsServer({ ...tls, ...options }, accept);
  const all = new Set<Socket>();
  server.on('tlsClientError', () => {}).on('connection', (socket: Socket) => all.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    received,
    [Symbol.asyncDispose]: async () => {
      for (const socket of [...sockets, ...all]) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers every request with the same bytes. */
export function answering(bytes: string, tls?: { cert: string; key: string }): Promise<RawServer> {
  return serve((socket) => socket.write(bytes, 'latin1'), tls);
}

export interface Change {
  readonly url?: string;
  readonly proxy?: TransportParts['proxy'];
  readonly ca?: string;
  readonly timeouts?: Partial<TransportParts['timeouts']>;
  readonly limits?: Partial<TransportParts['limits']>;
}

export function transportTo(port: number, change: Change = {}): Transport {
  return createHttp1Transport({
    origin: new URL(change.url ?? `http://127.0.0.1:${port}`),
    address: () => ({ host: '127.0.0.1', port }),
    proxy: change.proxy ?? null,
    tls: {},
    secureContext: () => createSecureContext(change.ca === undefined ? {} : { ca: change.ca }),
    timeouts: { connect: 5000, firstByte: 5000, idle: 5000, total: 60_000, ...change.timeouts },
    limits: { connections: 100, pending: 100, keepAlive: 5000, headBytes: 4096, headerFields: 20, ...change.limits },
    clock: systemClock,
    sweeper: new Sweeper(10),
  });
}

/** An attempt that records what it is told. */
export class Recorded implements Attempt {
  readonly x: Exchange;
  readonly authority = 'a.example';
  cancel: ((because: UpstreamFailure) => void) | null = null;
  response: Response | null = null;
  failure: UpstreamFailure | null = null;
  sent: boolean | null = null;
  whole: boolean | null = null;
  readonly interims: [number, HeaderList][] = [];
  /** Every call, so that a second one is seen. */
  readonly told: string[] = [];
  readonly #settled = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();

  constructor(request: Partial<OutgoingRequest> = {}) {
    this.x = exchangeWith(request);
    this.x.sendInterim = (status, headers) => void this.interims.push([status, headers]);
  }

  answered(response: Response): void {
    this.told.push('answered');
    this.response = response;
    this.#settled.resolve();
  }

  failed(failure: UpstreamFailure, sent: boolean): void {
    this.told.push('failed');
    this.failure = failure;
    this.sent = sent;
    this.#settled.resolve();
    this.#over.resolve();
  }

  over(whole: boolean): void {
    this.told.push('over');
    this.whole = whole;
    this.#over.resolve();
  }

  /** Answered or failed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  get ended(): Promise<void> {
    return this.#over.promise;
  }
}

export async function sendOn(transport: Transport, request: Partial<OutgoingRequest> = {}): Promise<Recorded> {
  const attempt = new Recorded(request);
  transport.send(attempt);
  await attempt.settled;
  return attempt;
}

/** The answer as a line: `200 body`, `200 cut off`, or `reason: message`. */
export async function outcomeOf(attempt: Recorded): Promise<string> {
  await attempt.settled;
  if (attempt.response === null) return `${attempt.failure?.reason}: ${attempt.failure?.message}`;
  const { status, body } = attempt.response;
  if (body === null) return `${status}`;
  const read = await readBody(body, 1e8).catch(() => null);
  return `${status} ${read?.kind === 'complete' ? read.bytes.toString('latin1') : 'cut off'}`;
}

export async function ask(transport: Transport, request: Partial<OutgoingRequest> = {}): Promise<string> {
  return outcomeOf(await sendOn(transport, request));
}

/** A body that the test pushes itself. */
export class PushedBody implements Body {
  readonly length: number | null;
  resumed = 0;
  destroyed = false;
  readonly #piped = Promise.withResolvers<BodySink>();

  constructor(length: number | null) {
    this.length = length;
  }

  get piped(): Promise<BodySink> {
    return this.#piped.promise;
  }

  pipe(sink: BodySink): void {
    this.#piped.resolve(sink);
  }

  resume(): void {
    this.resumed++;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

/** A sink that the test looks into. */
export class Collected implements BodySink {
  text = '';
  end: () => void;
  failure: Error | null = null;
  readonly done: Promise<void>;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.end = resolve;
  }

  write(chunk: Uint8Array): boolean {
    this.text += Buffer.from(chunk).toString('latin1');
    return true;
  }

  fail(error: Error): void {
    this.failure = error;
    this.end();
  }
}

/** Resolves as soon as `condition` holds; looks again with every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
