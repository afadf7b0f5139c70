import { connect, type Socket } from 'node:net';
import { systemClock } from '../../../src/base/clock.ts';
import { type Listener, listen } from '../../../src/downstream/listener.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { createKernel } from '../../../src/gateway/pipeline.ts';
import type { Snapshot } from '../../../src/gateway/snapshot.ts';
import { ResolveTable } from '../../../src/upstream/resolve.ts';
import { createUpstream, type PooledUpstream } from '../../../src/upstream/upstream.ts';
import { compiledService, partsOf, snapshotOf } from '../../unit/gateway/in-memory.ts';
import type { Pieces } from './mutations.ts';

/** What a client and the kernel saw of one connection. */
export interface Conversation {
  /** Requests that were accepted, in order. */
  readonly accepted: readonly Exchange[];
  /** Heads that were refused before they were requests. */
  readonly refused: number;
  /** Everything that the client got. */
  readonly answers: string;
}

interface Log {
  accepted: Exchange[];
  refused: number;
}

/** A listener, the real kernel and the real upstream side, in this process: any host is served by one upstream. */
export class DifferentialGateway implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #upstream: PooledUpstream;
  readonly #log: Log;

  private constructor(listener: Listener, upstream: PooledUpstream, log: Log) {
    this.#listener = listener;
    this.#upstream = upstream;
    this.#log = log;
  }

  static async start(url: string): Promise<DifferentialGateway> {
    const upstream = createUpstream({ url }, { resolve: new ResolveTable(), clock: systemClock });
    const log: Log = { accepted: [], refused: 0 };
    const kernel = createKernel(
      partsOf(
        {},
        {
          accepted: (x) => void log.accepted.push(x),
          settled: () => {},
          unparsed: () => void log.refused++,
        },
      ),
    );
    const snapshot = snapshotFor(upstream);
    const listener = await listen({
      host: '127.0.0.1',
      port: 0,
      kernel,
      snapshot: () => snapshot,
      clock: systemClock,
      limits: {},
    });
    return new DifferentialGateway(listener, upstream, log);
  }

  /** Says everything, ends its half, and listens until the gateway has closed. */
  async talk(pieces: Pieces): Promise<Conversation> {
    const log = this.#log;
    log.accepted = [];
    log.refused = 0;
    const answers = await exchangeBytes(this.#listener.address.port, pieces);
    return { accepted: log.accepted, refused: log.refused, answers };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener.close();
    await this.#upstream.close();
  }
}

function snapshotFor(upstream: PooledUpstream): Snapshot {
  const service = compiledService({ config: { authorizationMode: 'pass' } }, upstream);
  return {
    ...snapshotOf(service),
    domain: 'apex.example',
    routes: { route: () => service, serves: () => true, servesExactly: () => true },
  };
}

async function exchangeBytes(port: number, pieces: Pieces): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const answers = received(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  return answers;
}

function received(socket: Socket): Promise<string> {
  let bytes = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    bytes += chunk;
  });
  return new Promise((resolve) => {
    socket.on('error', () => {}).on('close', () => resolve(bytes));
  });
}
