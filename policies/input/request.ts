import type { HeaderList } from '../../src/base/header-list.ts';
import { freeMap } from './plain.ts';
import { cookieMap, headerMaps } from './request-headers.ts';
import { queryMaps } from './request-query.ts';
import { type Fields, type InputMap, type InputValue, LazyMap } from './values.ts';

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
}

/** A request body that was read before conditions are evaluated. */
export interface BufferedBody {
  readonly bytes: Uint8Array;
  /** The parsed object when the Service's body mode is JSON. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** `ctx.request`; `time` in milliseconds since 1970. */
export function requestMap(request: RequestView, body: BufferedBody | null, time: number): InputMap {
  return new LazyMap({ http: new HttpParts(request, body), time }, REQUEST_FIELDS);
}

/** The request with what is parsed of it; each part at most once. */
class HttpParts {
  readonly request: RequestView;
  readonly body: BufferedBody | null;
  #headers: Pair | null = null;
  #query: Pair | null = null;

  constructor(request: RequestView, body: BufferedBody | null) {
    this.request = request;
    this.body = body;
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
  readonly single: InputMap;
  readonly all: InputMap;
}

const REQUEST_FIELDS: Fields<{ readonly http: HttpParts; readonly time: number }> = new Map<
  string,
  (source: { readonly http: HttpParts; readonly time: number }) => InputValue | undefined
>([
  ['ip', ({ http }) => http.request.clientAddress],
  ['time', ({ time }) => new Date(time)],
  ['http', ({ http }) => new LazyMap(http, HTTP_FIELDS)],
]);

const HTTP_FIELDS: Fields<HttpParts> = new Map<string, (source: HttpParts) => InputValue | undefined>([
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
  ['bodyMap', ({ body }) => (body === null || body.json === null ? undefined : freeMap(body.json))],
]);

/** Bytes of the body; absent when neither the body nor a Content-Length is there. */
function bodySize({ request, body }: HttpParts): bigint | undefined {
  if (body !== null) return BigInt(body.bytes.length);
  const length = request.headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? BigInt(length) : undefined;
}
