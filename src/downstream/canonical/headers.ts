import { type FieldNames, foldedName } from '../../base/field-names.ts';
import { HeaderList } from '../../base/header-list.ts';
import { connectionOptions, isHopByHop } from '../../base/header-text.ts';
import { TOKEN_HEADER } from '../../base/own-names.ts';
import { isForwardingField } from '../../gateway/forwarded.ts';
import { ownText } from './characters.ts';

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
/**
 * Consumed at accept: the host is in the canonical head, 100-continue is answered by the engine, and each hop of a
 * WebSocket makes its own handshake.
 */
const CONSUMED = new Set(['host', 'expect', 'sec-websocket-accept', 'sec-websocket-key', 'sec-websocket-version']);

type FieldClass = 'passed' | 'dropped' | 'forwarding' | 'connection';

/** Clients send the same few names again and again; what is to be done with one is worked out once. */
const classes = new Map<string, FieldClass>();
const MOST_REMEMBERED = 1_000;

/**
 * The fields that the rest of the gateway sees. `raw` alternates names in lower case and values, both checked by the
 * engine; it is emptied into the list that is given.
 * Forwarding fields stay only when the peer is trusted, and then no `Connection` field can take them away: the
 * client behind the proxy could have sent it (CVE-2022-31813). Other `X-Forwarded…` fields, such as X-Forwarded-User,
 * never stay: a proxy passes on those that it does not know.
 *
 * @param identityFields what configured upstreams believe, in every spelling that they may take for it
 */
export function canonicalHeaders(raw: string[], trustedPeer: boolean, identityFields?: FieldNames): HeaderList {
  let kept = 0;
  let nominated: string[] | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const kind = classes.get(name) ?? classify(name);
    if (kind === 'connection') nominated = nominations(value, nominated);
    else if (kind === 'passed' || (kind === 'forwarding' && trustedPeer)) {
      if (identityFields?.has(name) === true) continue;
      raw[kept++] = name;
      raw[kept++] = value;
    }
  }
  raw.length = kept;
  const headers = new HeaderList(raw);
  // Before anything of ours is added, so nothing of ours can be nominated away (CVE-2025-48865).
  if (nominated !== null) removeNominated(headers, nominated);
  return headers;
}

function classify(name: string): FieldClass {
  const kind = classOf(name);
  if (classes.size === MOST_REMEMBERED) classes.clear();
  classes.set(ownText(name), kind);
  return kind;
}

function classOf(name: string): FieldClass {
  if (name === 'connection') return 'connection';
  if (isForwardingField(name)) return 'forwarding';
  const isDropped = isHopByHop(name) || CONSUMED.has(name) || isGatewayName(name) || name.includes('_');
  return isDropped || isDisguised(name) ? 'dropped' : 'passed';
}

/** As `x.forwarded.for`, which upstreams that make variables of names take for the field itself. */
function isDisguised(name: string): boolean {
  const plain = foldedName(name);
  return plain !== name && (plain === TOKEN_HEADER || isForwardingField(plain) || isGatewayName(plain));
}

function isGatewayName(name: string): boolean {
  if (name === TOKEN_HEADER) return false;
  return (
    GATEWAY_NAMES.has(name) || METHOD_OVERRIDES.has(name) || GATEWAY_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}

/** The usual values nominate no field. */
function nominations(value: string, before: string[] | null): string[] | null {
  return value === 'keep-alive' || value === 'close' ? before : [...(before ?? []), ...connectionOptions(value)];
}

function removeNominated(headers: HeaderList, names: readonly string[]): void {
  for (const name of names) if (!isForwardingField(name)) headers.delete(name);
}
