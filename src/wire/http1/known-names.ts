import { LOWER } from './octets.ts';

/** What a field means to the framing of its message; most mean nothing. */
export type FieldMeaning = 'none' | 'connection' | 'content-length' | 'expect' | 'transfer-encoding' | 'upgrade';

export interface KnownName {
  readonly name: string;
  readonly meaning: FieldMeaning;
  readonly hash: number;
}

const FRAMING: readonly FieldMeaning[] = ['connection', 'content-length', 'expect', 'transfer-encoding', 'upgrade'];

/** Names that need no new string: most fields of most messages. */
const COMMON = [
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'accept-ranges', 'age', 'allow', 'alt-svc'],
  ...['access-control-allow-credentials', 'access-control-allow-headers', 'access-control-allow-methods'],
  ...['access-control-allow-origin', 'access-control-expose-headers', 'access-control-max-age'],
  ...['access-control-request-headers', 'access-control-request-method', 'authorization', 'cache-control'],
  ...['clear-site-data', 'content-disposition', 'content-encoding', 'content-language', 'content-location'],
  ...['content-range', 'content-security-policy', 'content-type', 'cookie', 'cross-origin-embedder-policy'],
  ...['cross-origin-opener-policy', 'cross-origin-resource-policy', 'date', 'dnt', 'etag', 'expires', 'forwarded'],
  ...[
    'from',
    'grpc-accept-encoding',
    'grpc-encoding',
    'grpc-message',
    'grpc-status',
    'grpc-timeout',
    'host',
    'if-match',
  ],
  ...['if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'keep-alive', 'last-modified', 'link'],
  ...['location', 'max-forwards', 'origin', 'permissions-policy', 'pragma', 'priority', 'proxy-authenticate'],
  ...['proxy-authorization', 'proxy-connection', 'range', 'referer', 'referrer-policy', 'retry-after'],
  ...['sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform', 'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site'],
  ...['sec-fetch-user', 'sec-gpc', 'sec-websocket-accept', 'sec-websocket-extensions', 'sec-websocket-key'],
  ...['sec-websocket-protocol', 'sec-websocket-version', 'server', 'server-timing', 'set-cookie'],
  ...['strict-transport-security', 'te', 'timing-allow-origin', 'traceparent', 'tracestate', 'trailer'],
  ...['upgrade-insecure-requests', 'user-agent', 'vary', 'via', 'www-authenticate', 'x-api-key', 'x-cache'],
  ...['x-content-type-options', 'x-correlation-id', 'x-csrf-token', 'x-forwarded-for', 'x-forwarded-host'],
  ...['x-forwarded-port', 'x-forwarded-proto', 'x-frame-options', 'x-ostiary-auth', 'x-powered-by', 'x-real-ip'],
  ...['x-request-id', 'x-requested-with', 'x-xss-protection'],
];

/** A power of two, several times the number of names, so that most look-ups meet one slot. */
const SLOTS = 1024;
const TABLE: (KnownName | undefined)[] = new Array(SLOTS).fill(undefined);

for (const meaning of FRAMING) put(meaning, meaning);
for (const name of COMMON) put(name, 'none');

function put(name: string, meaning: FieldMeaning): void {
  const hash = hashOf(name);
  let slot = hash & (SLOTS - 1);
  while (TABLE[slot] !== undefined) slot = (slot + 1) & (SLOTS - 1);
  TABLE[slot] = { name, meaning, hash };
}

function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = nextHash(hash, name.charCodeAt(i));
  return hash;
}

/** `hash` of a name so far and its next octet. */
export function nextHash(hash: number, octet: number): number {
  return (Math.imul(hash, 31) + (LOWER[octet] as number)) | 0;
}

/** The name in `bytes[from, to)`, in whatever case; `hash` is that of its octets. `null` for one that is not common. */
export function knownName(bytes: Uint8Array, from: number, to: number, hash: number): KnownName | null {
  for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const entry = TABLE[slot];
    if (entry === undefined) return null;
    if (entry.hash === hash && isSpelled(entry.name, bytes, from, to)) return entry;
  }
}

/** Names with equal hashes can be made on purpose, so the hash alone proves nothing. */
function isSpelled(name: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) !== LOWER[bytes[from + i] as number]) return false;
  }
  return true;
}
