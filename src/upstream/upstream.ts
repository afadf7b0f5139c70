import type { Awaitable } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import { Sweeper } from '../base/sweeper.ts';
import type { Conversation, ConversationListener, Converse } from '../gateway/conversation.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { type Refusal, type Response, refuse } from '../gateway/outcome.ts';
import type { Upstream } from '../gateway/snapshot.ts';
import { AddressBook } from './addresses.ts';
import { Balancer, NONE } from './balance/balancer.ts';
import { TlsIdentity } from './client-certificate.ts';
import { bareHost, portOf } from './connect/origin.ts';
import { NO_PROXIES, type ProxySettings, proxyFor } from './connect/outbound-proxy.ts';
import { type CreateTransport, Endpoint, type EndpointSettings } from './endpoint.ts';
import { refusalOf, UpstreamFailure } from './failures.ts';
import { Forwarding } from './forwarding.ts';
import type { ForwardingParts } from './forwarding-parts.ts';
import { Conversations } from './grpc/conversations.ts';
import { HealthChecks } from './health/checks.ts';
import { OutlierDetector } from './health/outlier.ts';
import { createHttp1Transport } from './http1/transport.ts';
import { createHttp2Transport } from './http2/transport.ts';
import type { ResolveTable } from './resolve.ts';
import { RetryBudget } from './retry/budget.ts';
import {
  type EndpointSpec,
  endpointsOf,
  limitsOf,
  originOf,
  timeoutsOf,
  type UpstreamSpec,
  upstreamKey,
} from './spec.ts';
import { checkTrustedCAs } from './trust.ts';

export interface UpstreamDeps {
  readonly resolve: ResolveTable;
  /** PEM certificates that are trusted beside the system's, such as those of the demo. */
  readonly extraCas?: readonly string[];
  /** None when left out. */
  readonly proxies?: ProxySettings;
  readonly clock: Clock;
  /** Shared by all upstreams; one of its own when left out. */
  readonly sweeper?: Sweeper;
  /** Told when an endpoint goes down or comes back. */
  readonly warn?: (message: string) => void;
  readonly createTransport?: CreateTransport;
}

/** An upstream with its connections. */
export interface PooledUpstream extends Upstream {
  /** Equal keys, equal upstreams: `upstreamKey` of the spec. */
  readonly key: string;
  /** Begins what runs beside the requests: health checks. */
  start(): void;
  /** Opens a conversation with the first endpoint, which speaks gRPC. Needs an optional package. */
  readonly converse: Converse;
  /** Lets requests that are under way end, then closes the connections. A late request gets one of its own. */
  close(): Promise<void>;
}

/** @throws AppError `invalid` when a URL or a certificate cannot be used. */
export function createUpstream(spec: UpstreamSpec, deps: UpstreamDeps): PooledUpstream {
  checkTrustedCAs(spec.tls ?? {});
  return new BalancedUpstream(spec, deps);
}

const CLIENT_GONE = refuse('client-gone', 'the client went away');
const CLOSED = new UpstreamFailure('shutting-down', 'the upstream is closed');
const NO_MORE = 'it may not go on';
/** Of a message in a conversation, where nothing else is said. */
const MOST_MESSAGE_BYTES = 4 * 1024 * 1024;
/** How late the deadline of a request may be noticed. */
export const SWEEP_MS = 100;

class BalancedUpstream implements PooledUpstream, ForwardingParts {
  readonly key: string;
  readonly name: string;
  readonly authority: string;
  readonly balancer: Balancer;
  readonly timeouts;
  readonly retry;
  readonly budget;
  readonly clock: Clock;
  readonly #endpoints: readonly Endpoint[];
  readonly #identity: TlsIdentity;
  readonly #sweeper: Sweeper;
  readonly #outliers: OutlierDetector | null;
  readonly #checks: HealthChecks | null;
  readonly #conversations: Conversations;
  /** Conversations are what it was made for. */
  readonly #converses: boolean;
  readonly #mostRequests: number;
  /** Those under way, where closing ends them. */
  readonly #expendable: Set<Forwarding> | null;
  #requests = 0;
  #closing: Promise<void> | null = null;

  constructor(spec: UpstreamSpec, deps: UpstreamDeps) {
    const { balance, retry, tls = {} } = spec;
    const limits = limitsOf(spec);
    this.key = upstreamKey(spec);
    this.clock = deps.clock;
    this.timeouts = timeoutsOf(spec);
    this.retry = retry ?? null;
    this.budget = retry === undefined ? null : new RetryBudget();
    this.#mostRequests = limits.requests;
    this.#expendable = spec.isExpendable === true ? new Set() : null;
    this.#sweeper = deps.sweeper ?? new Sweeper(SWEEP_MS);
    this.#identity = new TlsIdentity(tls, deps.extraCas ?? []);
    const settings: EndpointSettings = {
      protocol: spec.protocol ?? 'h1',
      tls,
      secureContext: () => this.#identity.secureContext(),
      timeouts: this.timeouts,
      limits,
      slowStart: balance?.slowStart ?? 0,
      clock: deps.clock,
      sweeper: this.#sweeper,
      createTransport: deps.createTransport ?? createTransport,
    };
    this.#endpoints = endpointsOf(spec).map((endpoint) => createEndpoint(endpoint, settings, deps));
    this.balancer = new Balancer(this.#endpoints, balance);
    this.name = nameOf(this.#endpoints);
    this.authority = this.#endpoints[0]!.authority;
    this.#outliers = outliersOf(spec, this.#endpoints);
    this.#checks = this.#checksOf(spec, deps);
    this.#conversations = this.#conversationsOf(spec, deps);
    this.#converses = spec.messageBytes !== undefined;
  }

  forward(x: Exchange): Awaitable<Response | Refusal> {
    if (x.aborted) return CLIENT_GONE;
    if (this.#closing !== null && this.#expendable !== null) return refusalOf(CLOSED);
    const refusal = this.#renew(x);
    if (refusal !== null) return refusal;
    if (this.#requests >= this.#mostRequests) return refuse('upstream-busy', 'limits.requests are under way');
    const now = this.clock.monotonic();
    const endpoint = this.balancer.pick(x, now, NONE);
    if (endpoint === null) return refuse('upstream-unhealthy', 'every endpoint is down');
    x.timings.upstreamStarted = now;
    return new Promise((resolve) => {
      const forwarding = new Forwarding(this, x, now, resolve);
      x.cancelUpstream = ({ reason, detail } = CLIENT_GONE) =>
        forwarding.giveUp(new UpstreamFailure(reason, detail ?? NO_MORE));
      forwarding.start(endpoint);
    });
  }

  async converse(x: Exchange, method: string, listener: ConversationListener): Promise<Conversation | Refusal> {
    return this.#renew(x) ?? this.#conversations.open(method, listener);
  }

  start(): void {
    if (this.#closing !== null) return;
    this.#checks?.start();
    if (this.#converses) this.#conversations.prepare();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  began(forwarding: Forwarding): void {
    this.#requests++;
    this.#expendable?.add(forwarding);
    this.#sweeper.add(forwarding);
  }

  ended(forwarding: Forwarding): void {
    this.#requests--;
    this.#expendable?.delete(forwarding);
    this.#sweeper.delete(forwarding);
  }

  judge({ condition }: Endpoint, good: boolean): void {
    if (this.#outliers === null) return;
    if (good) this.#outliers.succeeded(condition);
    else this.#outliers.failed(condition, this.clock.monotonic());
  }

  /** What stands shows a certificate that is not ours any more, once there is another. */
  #renew({ snapshot }: Exchange): Refusal | null {
    const renewed = this.#identity.renew(snapshot.secrets);
    if (typeof renewed !== 'string') return renewed;
    if (renewed === 'same') return null;
    for (const endpoint of this.#endpoints) endpoint.renew();
    this.#conversations.renew();
    return null;
  }

  async #close(): Promise<void> {
    this.#checks?.stop();
    for (const forwarding of this.#expendable ?? []) forwarding.giveUp(CLOSED);
    this.#conversations.close();
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()));
  }

  #conversationsOf({ messageBytes = MOST_MESSAGE_BYTES }: UpstreamSpec, { resolve }: UpstreamDeps): Conversations {
    const { url } = this.#endpoints[0]!;
    return new Conversations({
      url,
      place: resolve.dial(bareHost(url), portOf(url)),
      secureContext: () => this.#identity.secureContext(),
      mostBytes: messageBytes,
      most: this.#mostRequests,
    });
  }

  #checksOf({ balance, tls = {} }: UpstreamSpec, { clock, warn }: UpstreamDeps): HealthChecks | null {
    if (balance?.healthCheck === undefined) return null;
    return new HealthChecks(balance.healthCheck, this.#endpoints, {
      tls,
      identity: this.#identity,
      clock,
      warn: warn ?? (() => {}),
    });
  }
}

const createTransport: CreateTransport = (protocol, parts) =>
  protocol === 'h1' ? createHttp1Transport(parts) : createHttp2Transport(parts);

function createEndpoint({ url, weight = 1 }: EndpointSpec, settings: EndpointSettings, deps: UpstreamDeps): Endpoint {
  const origin = originOf(url);
  const host = bareHost(origin.url);
  const port = portOf(origin.url);
  const place = deps.resolve.dial(host, port);
  // An authority that is dialled elsewhere by order is dialled there, and not by a proxy.
  const isOrdered = place.host !== host || place.port !== port;
  const proxy = isOrdered ? null : proxyFor(origin.url, deps.proxies ?? NO_PROXIES);
  return new Endpoint({ origin, weight, addresses: new AddressBook(place, deps.clock), proxy }, settings);
}

function outliersOf({ balance }: UpstreamSpec, endpoints: readonly Endpoint[]): OutlierDetector | null {
  if (balance?.outlier === undefined || endpoints.length === 1) return null;
  return new OutlierDetector(
    balance.outlier,
    endpoints.map(({ condition }) => condition),
  );
}

function nameOf(endpoints: readonly Endpoint[]): string {
  const [first, ...others] = endpoints.map(({ url }) => url.origin);
  return others.length === 0 ? first! : `${first} and ${others.length} more`;
}
