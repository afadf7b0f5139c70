import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Body } from '../../../src/gateway/body.ts';
import { UpstreamFailure } from '../../../src/upstream/failures.ts';
import { ResolveTable } from '../../../src/upstream/resolve.ts';
import type { UpstreamSpec } from '../../../src/upstream/spec.ts';
import type { Attempt, Transport, TransportParts } from '../../../src/upstream/transport.ts';
import { createUpstream, type PooledUpstream, type UpstreamDeps } from '../../../src/upstream/upstream.ts';

/** What an upstream in memory does with its `n`th attempt, counted from 1. */
export type Script = (attempt: Attempt, host: string, n: number) => void;

export interface Sent {
  readonly host: string;
  readonly protocol: 'h1' | 'h2';
  readonly attempt: Attempt;
}

export interface Scripted {
  readonly upstream: PooledUpstream;
  readonly sent: Sent[];
  readonly transports: FakeTransport[];
  /** The hosts that were tried, in order. */
  hosts(): string[];
}

export class FakeTransport implements Transport {
  readonly connections = 0;
  readonly pending = 0;
  readonly protocol: 'h1' | 'h2';
  readonly parts: TransportParts;
  isClosed = false;
  readonly #sent: (attempt: Attempt) => void;

  constructor(protocol: 'h1' | 'h2', parts: TransportParts, sent: (attempt: Attempt) => void) {
    this.protocol = protocol;
    this.parts = parts;
    this.#sent = sent;
  }

  send(attempt: Attempt): void {
    attempt.cancel = (because) => {
      attempt.cancel = null;
      attempt.failed(because, true);
    };
    this.#sent(attempt);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** An upstream whose transports do what `script` says. */
export function scripted(spec: UpstreamSpec, script: Script, deps: Partial<UpstreamDeps> = {}): Scripted {
  const sent: Sent[] = [];
  const transports: FakeTransport[] = [];
  const createTransport = (protocol: 'h1' | 'h2', parts: TransportParts): Transport => {
    const transport = new FakeTransport(protocol, parts, (attempt) => {
      sent.push({ host: parts.origin.hostname, protocol, attempt });
      script(attempt, parts.origin.hostname, sent.length);
    });
    transports.push(transport);
    return transport;
  };
  const upstream = createUpstream(spec, { resolve: new ResolveTable(), clock: systemClock, createTransport, ...deps });
  return { upstream, sent, transports, hosts: () => sent.map(({ host }) => host) };
}

/** Answers, and ends the answer. */
export function answer(attempt: Attempt, status = 200, body: Body | null = null): void {
  attempt.cancel = null;
  attempt.answered({ status, headers: new HeaderList(), body });
  attempt.over(true);
}

export function unreachable(attempt: Attempt, sent = false): void {
  attempt.cancel = null;
  attempt.failed(new UpstreamFailure('upstream-unreachable', 'connect ECONNREFUSED'), sent);
}

export function stale(attempt: Attempt, sent = true): void {
  attempt.cancel = null;
  attempt.failed(new UpstreamFailure('upstream-unreachable', 'the connection was closed', true), sent);
}

/** `count` endpoints at `http://e1`, `http://e2` and so on. */
export function several(count: number, weights: readonly number[] = []): { url: string; weight: number }[] {
  return Array.from({ length: count }, (_, i) => ({ url: `http://e${i + 1}`, weight: weights[i] ?? 1 }));
}
