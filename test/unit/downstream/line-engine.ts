import type { Socket } from 'node:net';
import { CidrSet } from '../../../src/base/cidr.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { Engines } from '../../../src/downstream/arrival.ts';
import type { ListenOptions } from '../../../src/downstream/listen-options.ts';
import { type Listener, openListener } from '../../../src/downstream/open-listener.ts';
import type { Connection, ConnectionFacts, Engine } from '../../../src/downstream/protocol.ts';
import type { Snapshot } from '../../../src/gateway/snapshot.ts';
import { until as waitFor } from '../../support/until.ts';

/** What an engine of the test was given. */
export interface Served {
  readonly protocol: keyof Engines;
  readonly facts: ConnectionFacts;
  readonly socket: Socket;
  drained: boolean;
  received: string;
}

export interface LineListener extends AsyncDisposable {
  readonly port: number;
  readonly listener: Listener;
  readonly served: Served[];
  readonly warnings: string[];
}

export interface LineOptions extends Partial<Pick<ListenOptions, 'limits' | 'tls' | 'admission'>> {
  readonly trustedProxies?: readonly string[];
  readonly cleartextHttp2?: boolean;
}

/** A listener whose engines answer each piece of text with what they are and whom they see, and end when it ends. */
export async function startLines(options: LineOptions = {}): Promise<LineListener> {
  const served: Served[] = [];
  const warnings: string[] = [];
  const { trustedProxies = [], cleartextHttp2 = false, ...rest } = options;
  const snapshot = { trustedProxies: new CidrSet(trustedProxies), cleartextHttp2 } as Snapshot;
  const listener = await openListener(
    {
      host: '127.0.0.1',
      port: 0,
      kernel: { handle: () => {}, refusedUnparsed: () => {} },
      snapshot: () => snapshot,
      clock: systemClock,
      warn: (message) => warnings.push(message),
      ...rest,
    },
    () => ({ http1: lineEngine('http1', served), http2: lineEngine('http2', served) }),
  );
  const close = () => listener.close();
  return { port: listener.address.port, listener, served, warnings, [Symbol.asyncDispose]: close };
}

function lineEngine(protocol: keyof Engines, served: Served[]): Engine {
  return {
    serve: (socket, facts, first): Connection => {
      const one: Served = { protocol, facts, socket, drained: false, received: first?.toString('latin1') ?? '' };
      served.push(one);
      socket.setEncoding('latin1');
      socket.on('data', (text: string) => {
        one.received += text;
        socket.write(`${protocol} ${facts.peerAddress} ${text}`);
      });
      socket.on('end', () => socket.end());
      return {
        drain: () => {
          one.drained = true;
          socket.end();
        },
        destroy: () => void socket.destroy(),
      };
    },
  };
}

/** The condition's own text says what was waited for in vain. */
export async function until(condition: () => boolean): Promise<void> {
  await waitFor(() => condition.toString(), condition);
}
