import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { unmapped } from '../base/cidr.ts';

/** What the first bytes of a connection say in the PROXY protocol (HAProxy, versions 1 and 2). */
export type ProxyHeader =
  /** They belong to another protocol. */
  | { readonly kind: 'none' }
  /** More bytes are needed to tell. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'malformed'; readonly because: string }
  | {
      readonly kind: 'header';
      /** Bytes, signature included. */
      readonly length: number;
      readonly source: ProxySource;
    };

export type ProxySource =
  | { readonly kind: 'client'; readonly address: string }
  /** The proxy speaks for itself, such as for a health check. */
  | { readonly kind: 'proxy' }
  /** The proxy does not say for whom it speaks. */
  | { readonly kind: 'unknown' };

const NONE: ProxyHeader = { kind: 'none' };
const PARTIAL: ProxyHeader = { kind: 'partial' };
const PROXY: ProxySource = { kind: 'proxy' };
const UNKNOWN: ProxySource = { kind: 'unknown' };

const V1_SIGNATURE = Buffer.from('PROXY ', 'latin1');
const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** With its CRLF. */
const LONGEST_V1_LINE = 107;
const V2_HEAD = 16;

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, V2_SIGNATURE)) return bytes.length < V2_SIGNATURE.length ? PARTIAL : readV2(bytes);
  if (begins(bytes, V1_SIGNATURE)) return bytes.length < V1_SIGNATURE.length ? PARTIAL : readV1(bytes);
  return NONE;
}

/** Whether the bytes begin with the signature, as far as both go. */
function begins(bytes: Buffer, signature: Buffer): boolean {
  const common = Math.min(bytes.length, signature.length);
  return bytes.compare(signature, 0, common, 0, common) === 0;
}

function malformed(because: string): ProxyHeader {
  return { kind: 'malformed', because };
}

function readV1(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, LONGEST_V1_LINE).indexOf('\n');
  if (end < 0) return bytes.length < LONGEST_V1_LINE ? PARTIAL : malformed('the line is too long');
  if (bytes[end - 1] !== 0x0d) return malformed('the line does not end with CRLF');
  const source = sourceOfLine(bytes.toString('latin1', V1_SIGNATURE.length, end - 1).split(' '));
  return source === null ? malformed('the line cannot be read') : { kind: 'header', length: end + 1, source };
}

/** `TCP4 SOURCE DESTINATION PORT PORT`; what follows `UNKNOWN` is to be ignored. */
function sourceOfLine(words: readonly string[]): ProxySource | null {
  const [family, source = '', destination = '', ...ports] = words;
  if (family === 'UNKNOWN') return UNKNOWN;
  if (ports.length !== 2 || !ports.every(isPort)) return null;
  const isAddress = FAMILIES.get(family ?? '');
  return isAddress?.(source) === true && isAddress(destination) ? clientAt(source) : null;
}

const FAMILIES: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['TCP4', isIPv4],
  ['TCP6', (text: string) => isIPv6(text) && !text.includes('%')],
]);

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_HEAD) return PARTIAL;
  const length = V2_HEAD + bytes.readUInt16BE(14);
  const [command, family] = [bytes[12], bytes[13]];
  if (command !== LOCAL_COMMAND && command !== PROXY_COMMAND) return malformed('the version or command is unknown');
  // Told before the rest has arrived, so that nobody waits for what will be refused.
  const addresses = ADDRESS_BYTES[family as number];
  if (command === PROXY_COMMAND && addresses === undefined) return malformed('the address family is not served');
  if (command === PROXY_COMMAND && length < V2_HEAD + (addresses as number)) return malformed('the addresses are cut');
  if (bytes.length < length) return PARTIAL;
  const source = command === LOCAL_COMMAND ? PROXY : sourceOfBytes(family as number, bytes.subarray(V2_HEAD, length));
  return { kind: 'header', length, source };
}

const LOCAL_COMMAND = 0x20;
const PROXY_COMMAND = 0x21;
const UNSPECIFIED = 0x00;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
const UNIX_STREAM = 0x31;

const ADDRESS_BYTES: Readonly<Record<number, number>> = {
  [UNSPECIFIED]: 0,
  [TCP_OVER_IPV4]: 12,
  [TCP_OVER_IPV6]: 36,
  [UNIX_STREAM]: 216,
};

/** The source comes first; destination, ports and TLVs are of no use here. */
function sourceOfBytes(family: number, bytes: Buffer): ProxySource {
  if (family === TCP_OVER_IPV4) return clientAt(bytes.subarray(0, 4).join('.'));
  if (family !== TCP_OVER_IPV6) return UNKNOWN;
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return clientAt(groups.join(':'));
}

/** In the spelling that sockets use. */
function clientAt(text: string): ProxySource {
  const { address } = new SocketAddress({ address: text, family: isIPv4(text) ? 'ipv4' : 'ipv6' });
  return { kind: 'client', address: unmapped(address) };
}
