import { type CidrSet, unmapped } from '../../base/cidr.ts';
import type { HeaderList } from '../../base/header-list.ts';
import type { RequestHead } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { clientAddress, statedScheme } from './forwarded.ts';
import { canonicalHeaders } from './headers.ts';
import { type CanonicalHost, canonicalHost, type Scheme } from './host.ts';
import { canonicalPath } from './path.ts';
import { parseTarget, type RequestTarget } from './target.ts';

/** A request head as a protocol engine gives it. */
export interface RawHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: RequestHead['httpVersion'];
  /** Alternating names and values, as they came. */
  readonly headers: readonly string[];
  readonly peerAddress: string;
  /** Of the connection that it came on. */
  readonly scheme: Scheme;
}

/** CONNECT would make us a forward proxy, TRACE shows the client what proxies added (RFC 9110 9.3.6, 9.3.8). */
const REFUSED_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Builds the one view of a request that routing, policies, log and upstream share; ambiguous input is refused. */
export function canonicalise(raw: RawHead, trustedProxies: CidrSet): RequestHead | Refusal {
  if (REFUSED_METHODS.has(raw.method)) return refuse('method-refused', `${raw.method} is not served`);
  const peer = unmapped(raw.peerAddress);
  const trusted = trustedProxies.has(peer);
  const headers = canonicalHeaders(raw.headers, trusted);
  if ('kind' in headers) return headers;
  const scheme = trusted ? statedScheme(raw.scheme, headers) : raw.scheme;
  if (typeof scheme !== 'string') return scheme;
  const target = parseTarget(raw.target);
  if ('kind' in target) return target;
  const host = requestedHost(raw.headers, target, scheme);
  if ('kind' in host) return host;
  return headOf(raw, scheme, target, host, headers, trusted ? clientAddress(peer, headers, trustedProxies) : peer);
}

function headOf(
  { method, httpVersion }: RawHead,
  scheme: Scheme,
  { path, query }: RequestTarget,
  { host, authority }: CanonicalHost,
  headers: HeaderList,
  address: string,
): RequestHead {
  return { method, scheme, host, authority, path, query, headers, clientAddress: address, httpVersion };
}

/** RFC 9112 3.2: exactly one Host, also in HTTP/1.0, and the absolute form may not name another one. */
function requestedHost(raw: readonly string[], target: RequestTarget, scheme: Scheme): CanonicalHost | Refusal {
  const values = hostValues(raw);
  if (values.length !== 1) return refuse('bad-host', `the request has ${values.length} Host fields`);
  const host = canonicalHost(values[0] as string, scheme);
  if ('kind' in host || target.authority === null) return host;
  const named = canonicalHost(target.authority, scheme);
  if ('kind' in named) return named;
  if (named.authority === host.authority) return host;
  return refuse('authority-mismatch', 'the request target and the Host field differ');
}

function hostValues(raw: readonly string[]): string[] {
  const values: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') values.push(raw[i + 1] as string);
  }
  return values;
}

/** For what rewrites paths: the canonical spelling, `null` for a path that would be refused. */
export function canonicalPathOrNull(path: string): string | null {
  const canonical = canonicalPath(path);
  return typeof canonical === 'string' ? canonical : null;
}
