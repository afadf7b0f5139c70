import { HeaderList } from '../../base/header-list.ts';
import { connectionOptions, isHeaderValue, isHopByHop, isToken } from '../../base/header-text.ts';
import { TOKEN_HEADER } from '../../base/own-names.ts';
import { isForwardingField } from '../../gateway/forwarded.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';

/** Names that only a gateway sets: an upstream believes them, so a client may not send them. */
const GATEWAY_PREFIXES = ['x-ostiary-', 'x-octelium-', 'x-envoy-', 'x-forwarded'] as const;
const GATEWAY_NAMES = new Set([
  'forwarded-for',
  // Becomes HTTP_PROXY in CGI, and its requests go where the client says (httpoxy, CVE-2016-5385).
  'proxy',
  'proxy-connection',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-host',
  'x-original-uri',
  'x-original-url',
  'x-request-id',
  'x-rewrite-url',
]);
/** The method is decided about as it stands in the request line; an upstream that obeyed these would do another. */
const METHOD_OVERRIDES = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);
/** Consumed at accept: the host is in the canonical head, and 100-continue is answered by the listener. */
const CONSUMED = new Set(['host', 'expect']);

/**
 * The fields that the rest of the gateway sees, names in lower case. `raw` alternates names and values as they came.
 * Forwarding fields stay only when the peer is trusted, and then no `Connection` field can take them away: the
 * client behind the proxy could have sent it (CVE-2022-31813). Other `X-Forwarded…` fields, such as X-Forwarded-User,
 * never stay: a proxy passes on those that it does not know.
 */
export function canonicalHeaders(raw: readonly string[], trustedPeer: boolean): HeaderList | Refusal {
  const flat: string[] = [];
  let nominated: string[] | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    if (!isToken(name) || !isHeaderValue(value)) return refuse('bad-header', 'a field name or value is malformed');
    if (name === 'connection') nominated = [...(nominated ?? []), ...connectionOptions(value)];
    else if (isPassed(name, trustedPeer)) flat.push(name, value);
  }
  const headers = new HeaderList(flat);
  // Before anything of ours is added, so nothing of ours can be nominated away (CVE-2025-48865).
  if (nominated !== null) removeNominated(headers, nominated);
  return headers;
}

function isPassed(name: string, trustedPeer: boolean): boolean {
  if (isForwardingField(name)) return trustedPeer;
  return !isHopByHop(name) && !CONSUMED.has(name) && !isGatewayName(name) && !name.includes('_');
}

function isGatewayName(name: string): boolean {
  if (name === TOKEN_HEADER) return false;
  return (
    GATEWAY_NAMES.has(name) || METHOD_OVERRIDES.has(name) || GATEWAY_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}

function removeNominated(headers: HeaderList, names: readonly string[]): void {
  for (const name of names) if (!isForwardingField(name)) headers.delete(name);
}
