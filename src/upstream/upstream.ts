import type { SecureContext } from 'node:tls';
import { Pool } from 'undici';
import type { Awaitable } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import { type Body, BufferedBody } from '../gateway/body.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, type Response, refuse } from '../gateway/outcome.ts';
import type { Upstream } from '../gateway/snapshot.ts';
import { UpstreamCall } from './call.ts';
import { bareHost, createConnector } from './connector.ts';
import { UpstreamFailure } from './failures.ts';
import { OutgoingBody } from './request-body.ts';
import { requestFields } from './request-head.ts';
import type { DialAddress, ResolveTable } from './resolve.ts';
import { originOf, timeoutsOf, type UpstreamSpec, type UpstreamTimeouts, upstreamKey } from './spec.ts';
import { checkTrustedCAs, secureContextOf } from './trust.ts';

export interface UpstreamDeps {
  readonly resolve: ResolveTable;
  /** PEM certificates that are trusted beside the system's, such as those of the demo. */
  readonly extraCas?: readonly string[];
  readonly clock: Clock;
}

/** An upstream with its connections. */
export interface PooledUpstream extends Upstream {
  /** Equal keys, equal upstreams: `upstreamKey` of the spec. */
  readonly key: string;
  /** Lets requests that are under way end, then closes the connections. A late request gets one of its own. */
  close(): Promise<void>;
}

/** @throws AppError `invalid` when the URL or a certificate cannot be used. */
export function createUpstream(spec: UpstreamSpec, deps: UpstreamDeps): PooledUpstream {
  return new UndiciUpstream(spec, deps);
}

const CLIENT_GONE = 'the client went away';

class UndiciUpstream implements PooledUpstream {
  readonly key: string;
  readonly name: string;
  readonly authority: string;
  readonly #spec: UpstreamSpec;
  readonly #origin: URL;
  readonly #dial: DialAddress;
  readonly #deps: UpstreamDeps;
  readonly #timeouts: UpstreamTimeouts;
  #secureContext: SecureContext | null = null;
  #pool: Pool;
  #closing: Promise<void> | null = null;

  constructor(spec: UpstreamSpec, deps: UpstreamDeps) {
    checkTrustedCAs(spec.tls ?? {});
    this.#spec = spec;
    this.#deps = deps;
    this.#origin = originOf(spec);
    this.#timeouts = timeoutsOf(spec);
    this.#dial = deps.resolve.dial(bareHost(this.#origin), portOf(this.#origin));
    this.key = upstreamKey(spec);
    this.name = this.#origin.origin;
    this.authority = this.#origin.host;
    this.#pool = this.#createPool();
  }

  forward(x: Exchange): Awaitable<Response | Refusal> {
    if (x.aborted) return refuse('bad-request', CLIENT_GONE);
    const { clock } = this.#deps;
    x.upstreamAddress = addressText(this.#dial);
    x.timings.upstreamStarted = clock.monotonic();
    return new Promise((resolve) => {
      const call = new UpstreamCall(x, clock, this.#timeouts.total, resolve);
      x.cancelUpstream = () => call.abort(new UpstreamFailure('bad-request', CLIENT_GONE));
      this.#dispatch(x, call);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.close();
    return this.#closing;
  }

  #dispatch(x: Exchange, call: UpstreamCall): void {
    const { method, path, query, authority, body } = x.outgoing!;
    const pool = this.#closing === null ? this.#pool : this.#createPool();
    const options = {
      path: query === '' ? path : `${path}?${query}`,
      method,
      headers: requestFields(x.outgoing!, authority ?? this.authority),
      body: sendable(body, call),
      // undici would take it from the Host field and check the certificate against it.
      servername: bareHost(this.#origin),
    };
    pool.dispatch(options, call);
    // An exchange that pinned an older snapshot may come after the pool was closed; it must not be lost.
    if (pool !== this.#pool) void pool.close();
  }

  #createPool(): Pool {
    const { connect, firstByte, idle } = this.#timeouts;
    return new Pool(this.#origin, {
      connect: createConnector({
        origin: this.#origin,
        dial: this.#dial,
        tls: this.#spec.tls ?? {},
        secureContext: () => this.#context(),
        timeout: connect,
      }),
      allowH2: false,
      pipelining: 1,
      headersTimeout: firstByte,
      bodyTimeout: idle,
      maxHeaderSize: 32 * 1024,
    });
  }

  #context(): SecureContext {
    this.#secureContext ??= secureContextOf(this.#spec.tls ?? {}, this.#deps.extraCas ?? []);
    return this.#secureContext;
  }
}

function sendable(body: Body | null, call: UpstreamCall): Buffer | OutgoingBody | null {
  if (body === null) return null;
  if (body instanceof BufferedBody) return Buffer.from(body.bytes.buffer, body.bytes.byteOffset, body.bytes.byteLength);
  return new OutgoingBody(body, ({ message }) =>
    call.abort(new UpstreamFailure('bad-request', `the request body was cut off: ${message}`)),
  );
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

function addressText({ host, port }: DialAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
