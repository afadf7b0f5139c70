import type { HeaderList } from '../../base/header-list.ts';
import type { RequestHead } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import type { Snapshot } from '../../gateway/snapshot.ts';
import type { ConnectionFacts } from '../protocol.ts';
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
  readonly upgrade: RequestHead['upgrade'];
  /** Alternating names in lower case and values, both valid. HTTP/2 has `:authority` as `host`. Handed over for good. */
  readonly headers: string[];
}

/** CONNECT would make us a forward proxy, TRACE shows the client what proxies added (RFC 9110 9.3.6, 9.3.8). */
const REFUSED_METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Builds the one view of a request that routing, policies, log and upstream share; ambiguous input is refused. */
export function canonicalise(
  raw: RawHead,
  facts: ConnectionFacts,
  { trustedProxies, identityFields }: Pick<Snapshot, 'trustedProxies' | 'identityFields'>,
): RequestHead | Refusal {
  if (REFUSED_METHODS.has(raw.method)) return refuse('method-refused', `${raw.method} is not served`);
  const { peerAddress } = facts;
  const stated = onlyHost(raw.headers);
  const trusted = trustedProxies.has(peerAddress);
  const headers = canonicalHeaders(raw.headers, trusted, identityFields);
  const scheme = trusted ? statedScheme(facts.scheme, headers) : facts.scheme;
  if (typeof scheme !== 'string') return scheme;
  const target = parseTarget(raw.target);
  if ('kind' in target) return target;
  const host = requestedHost(stated, target, scheme);
  if ('kind' in host) return host;
  if (!facts.mayAsk(host.host)) return refuse('authority-mismatch', 'the host does not belong to this connection');
  const address = trusted ? clientAddress(peerAddress, headers, trustedProxies) : peerAddress;
  return headOf(raw, facts, scheme, target, host, headers, address);
}

function headOf(
  { method, httpVersion, upgrade }: RawHead,
  { tls }: ConnectionFacts,
  scheme: Scheme,
  { path, query }: RequestTarget,
  { host, authority }: CanonicalHost,
  headers: HeaderList,
  address: string,
): RequestHead {
  return {
    method,
    scheme,
    host,
    authority,
    path,
    query,
    headers,
    clientAddress: address,
    httpVersion,
    upgrade,
    tls,
  };
}

/** RFC 9112 3.2: exactly one Host, also in HTTP/1.0, and the absolute form may not name another one. */
function requestedHost(stated: string | null, target: RequestTarget, scheme: Scheme): CanonicalHost | Refusal {
  if (stated === null) return refuse('bad-host', 'the request has not exactly one Host field');
  const host = canonicalHost(stated, scheme);
  if ('kind' in host || target.authority === null) return host;
  const named = canonicalHost(target.authority, scheme);
  if ('kind' in named) return named;
  if (named.authority === host.authority) return host;
  return refuse('authority-mismatch', 'the request target and the Host field differ');
}

/** The value of the Host field, `null` unless there is exactly one. */
function onlyHost(raw: readonly string[]): string | null {
  let host: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i] !== 'host') continue;
    if (host !== null) return null;
    host = raw[i + 1] as string;
  }
  return host;
}

/** For what rewrites paths: the canonical spelling, `null` for a path that would be refused. */
export function canonicalPathOrNull(path: string): string | null {
  const canonical = canonicalPath(path);
  return typeof canonical === 'string' ? canonical : null;
}
