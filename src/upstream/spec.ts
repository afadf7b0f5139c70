import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';

/** Where requests go and how, with every default filled in by `createUpstream`. */
export interface UpstreamSpec {
  /**
   * Scheme, host and port of the one endpoint; the rest of the URL is not used. `ws` and `wss` are `http` and
   * `https`; `h2c` and `grpc` are HTTP/2 without TLS. Exactly one of this and `balance`.
   */
  readonly url?: string;
  readonly balance?: BalanceSpec;
  /** `h1` when left out. The schemes `h2c` and `grpc` are HTTP/2 anyway. */
  readonly protocol?: UpstreamProtocol;
  readonly tls?: UpstreamTlsSpec;
  readonly timeouts?: Partial<UpstreamTimeouts>;
  readonly limits?: Partial<UpstreamLimits>;
  /** Of one message of the upstream in conversations over gRPC; 4 MiB when left out. */
  readonly messageBytes?: number;
  /** Without it, only what the upstream has certainly not acted on is sent again. */
  readonly retry?: RetrySpec;
  /** Nobody waits for what is under way: closing it ends that at once. */
  readonly isExpendable?: boolean;
}

/** `h2-or-h1`: HTTP/2 where TLS agrees on it, otherwise HTTP/1.1. */
export type UpstreamProtocol = 'h1' | 'h2' | 'h2-or-h1';

export interface UpstreamTlsSpec {
  /** PEM; they replace the system's roots unless `appendToSystemPool`. */
  readonly trustedCAs?: readonly string[];
  readonly appendToSystemPool?: boolean;
  readonly insecureSkipVerify?: boolean;
  /** Name of the Secret that holds a certificate chain and its key, both PEM. */
  readonly clientCertificate?: string;
}

/** Milliseconds. */
export interface UpstreamTimeouts {
  /** Until the connection stands, TLS included. */
  readonly connect: number;
  /** From the end of the request to the head of the answer. */
  readonly firstByte: number;
  /** Between two pieces of the answer. */
  readonly idle: number;
  /** From the first byte sent to the last byte received, tries included. A WebSocket is over it once it is open. */
  readonly total: number;
}

export const DEFAULT_TIMEOUTS: UpstreamTimeouts = {
  connect: 5_000,
  firstByte: 60_000,
  idle: 60_000,
  total: 3_600_000,
};

export interface UpstreamLimits {
  /** Open connections to one endpoint; a WebSocket keeps one for as long as it is open. */
  readonly connections: number;
  /** Requests that may wait for a connection to one endpoint. */
  readonly pending: number;
  /** Requests under way to all endpoints; `Infinity`: what connections allow. */
  readonly requests: number;
  /** Milliseconds that a connection is kept without use. */
  readonly keepAlive: number;
}

export const DEFAULT_LIMITS: UpstreamLimits = {
  connections: 16_384,
  pending: 1024,
  requests: Number.POSITIVE_INFINITY,
  keepAlive: 30_000,
};

export interface EndpointSpec {
  readonly url: string;
  /** 1 when left out; 0: no requests. */
  readonly weight?: number;
}

export type BalancePolicy = 'round-robin' | 'least-request' | 'random' | 'hash';

/** What the hash of a request is made of. A request without it goes by the client's address. */
export type HashSource =
  | { readonly kind: 'header' | 'cookie'; readonly name: string }
  | { readonly kind: 'user' | 'client-address' };

export interface BalanceSpec {
  /** 1 to 100; all of them speak the same protocol. */
  readonly endpoints: readonly EndpointSpec[];
  readonly policy: BalancePolicy;
  /** Needed for the policy `hash`. */
  readonly hash?: HashSource;
  readonly healthCheck?: HealthCheckSpec;
  readonly outlier?: OutlierSpec;
  /** Milliseconds in which an endpoint that came back gets from a tenth of its weight to all of it. */
  readonly slowStart?: number;
}

export interface HealthCheckSpec {
  readonly kind: 'http' | 'tcp' | 'grpc';
  /** Of an HTTP check, with its query. */
  readonly path: string;
  /** What an HTTP check must be answered with; empty: any 2xx. */
  readonly expectedStatus: readonly number[];
  /** What a gRPC check asks about; empty: the server as a whole. */
  readonly service: string;
  /** Milliseconds between two checks of one endpoint, give or take a tenth. */
  readonly interval: number;
  /** Milliseconds for one check. */
  readonly timeout: number;
  /** Successes in a row until an endpoint is used again. */
  readonly healthyThreshold: number;
  /** Failures in a row until it is not used any more. */
  readonly unhealthyThreshold: number;
}

export const DEFAULT_HEALTH_CHECK: Omit<HealthCheckSpec, 'kind'> = {
  path: '/',
  expectedStatus: [],
  service: '',
  interval: 10_000,
  timeout: 5_000,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

/** When an endpoint is left alone because of how it answered. */
export interface OutlierSpec {
  /** Failures in a row: no answer, or a status from 500 on. */
  readonly consecutiveFailures: number;
  /** Milliseconds; twice as long each further time, up to `maxEjectionTime`. */
  readonly ejectionTime: number;
  readonly maxEjectionTime: number;
  /** How many of the endpoints may be left out at once; always at least one, never all. */
  readonly maxEjectedPercent: number;
}

export const DEFAULT_OUTLIER: OutlierSpec = {
  consecutiveFailures: 5,
  ejectionTime: 30_000,
  maxEjectionTime: 300_000,
  maxEjectedPercent: 50,
};

export interface RetrySpec {
  /** Tries after the first one. */
  readonly maxRetries: number;
  /** Milliseconds before the first retry, give or take a half. */
  readonly initialInterval: number;
  readonly maxInterval: number;
  /** What each pause is longer by than the one before. */
  readonly multiplier: number;
  /** Milliseconds since the first try, after which none begins. */
  readonly maxElapsedTime: number;
  /** Answers that are tried again, beside 502, 503 and 504. */
  readonly statusCodes: readonly number[];
  /** Every status from 500 on is tried again. */
  readonly retryOnServerErrors: boolean;
  readonly methods: readonly string[];
}

/** RFC 9110 9.2.2: doing it twice is doing it once. Without TRACE, which is served nowhere. */
export const IDEMPOTENT_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

export const DEFAULT_RETRY: RetrySpec = {
  maxRetries: 3,
  initialInterval: 100,
  maxInterval: 2_000,
  multiplier: 1.5,
  maxElapsedTime: 10_000,
  statusCodes: [],
  retryOnServerErrors: false,
  methods: IDEMPOTENT_METHODS,
};

/** The schemes of upstream URLs, and what goes over the wire. */
const SCHEMES: Readonly<Record<string, { readonly wire: 'http:' | 'https:'; readonly http2: boolean }>> = {
  'http:': { wire: 'http:', http2: false },
  'https:': { wire: 'https:', http2: false },
  'ws:': { wire: 'http:', http2: false },
  'wss:': { wire: 'https:', http2: false },
  'h2c:': { wire: 'http:', http2: true },
  'grpc:': { wire: 'http:', http2: true },
};

/** One endpoint's place, with scheme `http:` or `https:`. */
export interface Origin {
  readonly url: URL;
  readonly http2: boolean;
}

/**
 * The origin of an upstream URL. @throws AppError `invalid` on a scheme that is not served, and on a URL that names a
 * user.
 */
export function originOf(text: string): Origin {
  const colon = text.indexOf(':') + 1;
  const scheme = SCHEMES[text.slice(0, colon).toLowerCase()];
  // The URL class reads hosts and ports of the schemes that it knows only.
  const spelled = scheme === undefined ? '' : `${scheme.wire}${text.slice(colon)}`;
  const url = URL.canParse(spelled) ? new URL(spelled) : null;
  // The URL is never repeated: what stands before an @ may be a password.
  if (url === null || scheme === undefined) throw new AppError('invalid', 'this is not the URL of an upstream');
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid', 'an upstream URL may not hold a user name or password');
  }
  return { url: new URL(url.origin), http2: scheme.http2 };
}

export function endpointsOf({ url, balance }: UpstreamSpec): readonly EndpointSpec[] {
  return balance === undefined ? [{ url: url ?? '' }] : balance.endpoints;
}

export function timeoutsOf(spec: UpstreamSpec): UpstreamTimeouts {
  return { ...DEFAULT_TIMEOUTS, ...spec.timeouts };
}

export function limitsOf(spec: UpstreamSpec): UpstreamLimits {
  return { ...DEFAULT_LIMITS, ...spec.limits };
}

/** Equal for specs that give the same upstream, so that a reload keeps its connections and what is known of it. */
export function upstreamKey(spec: UpstreamSpec): string {
  const { balance, protocol = 'h1', tls = {}, retry, isExpendable = false } = spec;
  const { trustedCAs = [], appendToSystemPool = false, insecureSkipVerify = false, clientCertificate } = tls;
  const { connect, firstByte, idle, total } = timeoutsOf(spec);
  const { connections, pending, requests, keepAlive } = limitsOf(spec);
  const parts = [
    endpointsOf(spec).map((endpoint) => [placeOf(endpoint.url), endpoint.weight ?? 1]),
    balance === undefined ? null : sorted({ ...balance, endpoints: null }),
    protocol,
    [trustedCAs, appendToSystemPool, insecureSkipVerify, clientCertificate ?? null],
    [connect, firstByte, idle, total],
    [connections, pending, requests, keepAlive],
    retry === undefined ? null : sorted(retry),
    isExpendable,
    spec.messageBytes ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function placeOf(url: string): readonly unknown[] {
  const origin = originOf(url);
  return [origin.url.origin, origin.http2];
}

/** The entries of an object and of those in it, in the order of their names. */
function sorted(value: object): unknown {
  if (Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, typeof inner === 'object' && inner !== null ? sorted(inner) : inner]);
}
