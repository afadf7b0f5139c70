import type { SecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { Sweeper } from '../base/sweeper.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { AddressBook } from './addresses.ts';
import type { OutboundProxy } from './connect/outbound-proxy.ts';
import { Condition } from './health/condition.ts';
import type { Origin, UpstreamLimits, UpstreamProtocol, UpstreamTimeouts, UpstreamTlsSpec } from './spec.ts';
import type { Transport, TransportParts } from './transport.ts';

/** Makes the transports of a protocol. */
export type CreateTransport = (protocol: 'h1' | 'h2', parts: TransportParts) => Transport;

/** What the endpoints of one upstream have in common. */
export interface EndpointSettings {
  readonly protocol: UpstreamProtocol;
  readonly tls: UpstreamTlsSpec;
  readonly secureContext: () => SecureContext;
  readonly timeouts: UpstreamTimeouts;
  readonly limits: UpstreamLimits;
  readonly slowStart: number;
  readonly clock: Clock;
  readonly sweeper: Sweeper;
  readonly createTransport: CreateTransport;
}

export interface EndpointParts {
  readonly origin: Origin;
  readonly weight: number;
  readonly addresses: AddressBook;
  readonly proxy: OutboundProxy | null;
}

const HEAD_BYTES = 32 * 1024;
const HEADER_FIELDS = 256;
/** What an endpoint that has just come back gets of its weight at least, so that it gets something at all. */
const LEAST_SHARE = 0.1;

/** One place that an upstream's requests may go to, with its connections and what is known of its condition. */
export class Endpoint {
  readonly url: URL;
  /** Host field of its requests, when nothing else was asked for. */
  readonly authority: string;
  readonly weight: number;
  readonly addresses: AddressBook;
  readonly proxy: OutboundProxy | null;
  readonly condition = new Condition();
  /** Requests that are under way to it. */
  active = 0;
  readonly #settings: EndpointSettings;
  #protocol: UpstreamProtocol;
  #transport: Transport;
  /** For WebSockets beside HTTP/2 over TLS. */
  #beside: Transport | null = null;
  #retired: Promise<void>[] = [];
  #closing: Promise<void> | null = null;

  constructor({ origin, weight, addresses, proxy }: EndpointParts, settings: EndpointSettings) {
    this.url = origin.url;
    this.authority = origin.url.host;
    this.weight = weight;
    this.addresses = addresses;
    this.proxy = proxy;
    this.#settings = settings;
    this.#protocol = protocolOf(origin, settings.protocol);
    this.#transport = this.#create(this.speaksHttp2 ? 'h2' : 'h1');
    addresses.moved = () => this.renew();
  }

  get speaksHttp2(): boolean {
    return this.#protocol !== 'h1';
  }

  /** What its share is counted by, while it starts slowly too. */
  weightAt(now: number): number {
    const { slowStart } = this.#settings;
    if (slowStart === 0) return this.weight;
    const age = now - this.condition.upSince;
    return age >= slowStart ? this.weight : this.weight * Math.max(LEAST_SHARE, age / slowStart);
  }

  transportFor({ outgoing }: Exchange): Transport {
    // WebSockets over HTTP/2 are asked of no upstream; over TLS the next connection can speak HTTP/1.1.
    if (outgoing!.upgrade === null || !this.speaksHttp2 || this.url.protocol !== 'https:') return this.#transport;
    this.#beside ??= this.#create('h1');
    return this.#beside;
  }

  /** TLS did not agree on HTTP/2. Gives whether HTTP/1.1 will do; from now on it is spoken. */
  fallBack(): boolean {
    if (this.#protocol === 'h2') return false;
    if (this.#protocol === 'h2-or-h1') {
      this.#protocol = 'h1';
      this.#replace();
    }
    return true;
  }

  /** What comes next goes over new connections; what is under way ends on the old ones. */
  renew(): void {
    if (this.#closing !== null) return;
    this.#replace();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.addresses.moved = null;
    await Promise.all([this.#transport.close(), this.#beside?.close(), ...this.#retired]);
  }

  #replace(): void {
    for (const old of [this.#transport, this.#beside]) if (old !== null) this.#retire(old);
    this.#beside = null;
    this.#transport = this.#create(this.speaksHttp2 ? 'h2' : 'h1');
    if (this.#closing !== null) void this.#transport.close();
  }

  #retire(old: Transport): void {
    const closed = old.close().finally(() => {
      this.#retired = this.#retired.filter((one) => one !== closed);
    });
    this.#retired.push(closed);
  }

  #create(protocol: 'h1' | 'h2'): Transport {
    const { tls, secureContext, timeouts, limits, clock, sweeper, createTransport } = this.#settings;
    const { connections, pending, keepAlive } = limits;
    return createTransport(protocol, {
      origin: this.url,
      address: () => this.addresses.address(),
      proxy: this.proxy,
      tls,
      secureContext,
      timeouts,
      limits: { connections, pending, keepAlive, headBytes: HEAD_BYTES, headerFields: HEADER_FIELDS },
      clock,
      sweeper,
    });
  }
}

/** Cleartext HTTP/2 needs to be known beforehand: there is nothing that could agree on it. */
function protocolOf({ url, http2 }: Origin, asked: UpstreamProtocol): UpstreamProtocol {
  if (http2) return 'h2';
  return asked === 'h2-or-h1' && url.protocol === 'http:' ? 'h1' : asked;
}
