import type { HeaderList } from '../../src/base/header-list.ts';
import type { Budget } from '../values/budget.ts';
import type { MapValue } from '../values/map.ts';
import { Timestamp } from '../values/time.ts';
import { Fields, LazyMap } from './lazy-map.ts';
import { freeMap } from './plain.ts';
import { cookieMap, headerMaps } from './request-headers.ts';
import { queryMaps } from './request-query.ts';

/** What conditions see of a request; the canonical view that everything else sees too. */
export interface RequestView {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HeaderList;
  readonly clientAddress: string;
  readonly httpVersion: string;
  /** `null` on a cleartext connection. */
  readonly tls: TlsView | null;
}

export interface TlsView {
  readonly version: string;
  readonly serverName: string | null;
  /** Verified; `null` when the client showed none. */
  readonly clientCertificate: CertificateView | null;
}

export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  readonly serialNumber: string;
  readonly fingerprint: string;
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
}

/** The gRPC method that is called. */
export interface GrpcView {
  readonly package: string;
  readonly service: string;
  readonly serviceFullName: string;
  readonly method: string;
}

/** A request body that was read before conditions are evaluated. */
export interface BufferedBody {
  readonly bytes: Uint8Array;
  /** The parsed object when the Service's body mode is JSON. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** What there is of a request beside its head. */
export interface RequestParts {
  readonly body: BufferedBody | null;
  readonly grpc: GrpcView | null;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** `ctx.request` @param budget what reading the body may take */
export function requestMap(request: RequestView, { body, grpc, time }: RequestParts, budget: Budget): MapValue {
  return new LazyMap({ http: new HttpParts(request, body, budget), grpc, time }, REQUEST_FIELDS);
}

/** The request with what is parsed of it; each part at most once. */
class HttpParts {
  readonly request: RequestView;
  readonly body: BufferedBody | null;
  readonly budget: Budget;
  #headers: Pair | null = null;
  #query: Pair | null = null;

  constructor(request: RequestView, body: BufferedBody | null, budget: Budget) {
    this.request = request;
    this.body = body;
    this.budget = budget;
  }

  get headers(): Pair {
    this.#headers ??= headerMaps(this.request.headers);
    return this.#headers;
  }

  get query(): Pair {
    this.#query ??= queryMaps(this.request.query);
    return this.#query;
  }
}

/** One value a name, where there is only one; and all of them. */
export interface Pair {
  readonly single: MapValue;
  readonly all: MapValue;
}

interface Request {
  readonly http: HttpParts;
  readonly grpc: GrpcView | null;
  readonly time: number;
}

const REQUEST_FIELDS = new Fields<Request>([
  ['ip', ({ http }) => http.request.clientAddress],
  ['time', ({ time }) => Timestamp.ofMilliseconds(time)],
  ['http', ({ http }) => new LazyMap(http, HTTP_FIELDS)],
  ['grpc', (request) => (request.grpc === null ? undefined : new LazyMap(request, GRPC_FIELDS))],
  ['tls', ({ http: { request } }) => (request.tls === null ? undefined : new LazyMap(request.tls, TLS_FIELDS))],
]);

const GRPC_FIELDS = new Fields<Request>([
  ['package', ({ grpc }) => grpc?.package],
  ['service', ({ grpc }) => grpc?.service],
  ['serviceFullName', ({ grpc }) => grpc?.serviceFullName],
  ['method', ({ grpc }) => grpc?.method],
  // where Octelium has the HTTP details of a call
  ['http', ({ http }) => new LazyMap(http, HTTP_FIELDS)],
]);

const TLS_FIELDS = new Fields<TlsView>([
  ['version', ({ version }) => version],
  ['serverName', ({ serverName }) => serverName ?? undefined],
  [
    'clientCertificate',
    ({ clientCertificate }) => (clientCertificate === null ? undefined : certificateMap(clientCertificate)),
  ],
]);

function certificateMap(certificate: CertificateView): MapValue {
  return new LazyMap(certificate, CERTIFICATE_FIELDS);
}

const CERTIFICATE_FIELDS = new Fields<CertificateView>([
  ['subject', ({ subject }) => subject],
  ['issuer', ({ issuer }) => issuer],
  ['serialNumber', ({ serialNumber }) => serialNumber],
  ['fingerprint', ({ fingerprint }) => fingerprint],
  ['dnsNames', ({ dnsNames }) => dnsNames],
  ['emails', ({ emails }) => emails],
  ['uris', ({ uris }) => uris],
]);

const HTTP_FIELDS = new Fields<HttpParts>([
  ['method', ({ request }) => request.method],
  ['scheme', ({ request }) => request.scheme],
  ['host', ({ request }) => request.host],
  ['path', ({ request }) => request.path],
  ['uri', ({ request }) => (request.query === '' ? request.path : `${request.path}?${request.query}`)],
  ['protocol', ({ request }) => `HTTP/${request.httpVersion}`],
  ['size', bodySize],
  ['headers', ({ headers }) => headers.single],
  ['headersAll', ({ headers }) => headers.all],
  ['query', ({ query }) => query.single],
  // the name that Octelium has for it
  ['queryParams', ({ query }) => query.single],
  ['queryAll', ({ query }) => query.all],
  ['cookies', ({ request }) => cookieMap(request.headers)],
  ['body', ({ body }) => body?.bytes],
  ['bodyMap', ({ body, budget }) => (body === null || body.json === null ? undefined : freeMap(body.json, budget))],
]);

/** Bytes of the body; absent when neither the body nor a Content-Length is there. */
function bodySize({ request, body }: HttpParts): bigint | undefined {
  if (body !== null) return BigInt(body.bytes.length);
  const length = request.headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? BigInt(length) : undefined;
}
