import type { Exchange } from '../../gateway/exchange.ts';
import { field, mapField, numberField } from '../envoy/wire.ts';

/** What the configuration adds to each question. */
export interface CheckOptions {
  /** Lower case; `null`: all. */
  readonly headers: ReadonlySet<string> | null;
  readonly contextExtensions: Readonly<Record<string, string>>;
}

const PROTOCOLS = { '1.0': 'HTTP/1.0', '1.1': 'HTTP/1.1', '2': 'HTTP/2' } as const;
const UNKNOWN_SIZE = -1n;

/**
 * `envoy.service.auth.v3.CheckRequest`. Headers are those that the upstream would get. The time and the id of the
 * request are left out, so that the same question is the same.
 */
export function checkRequest(x: Exchange, { headers, contextExtensions }: CheckOptions): Buffer {
  const http = Buffer.concat([httpRequest(x, headersOf(x, headers))]);
  const attributes = Buffer.concat([
    field(1, peer(x.request.clientAddress, x.principal?.user?.metadata.name ?? '')),
    field(2, field(2, x.service?.name ?? '')),
    field(4, field(2, http)),
    mapField(10, Object.entries(contextExtensions)),
    field(12, field(1, x.request.tls?.serverName ?? '')),
  ]);
  return field(1, attributes);
}

function httpRequest(x: Exchange, headers: ReadonlyMap<string, string>): Buffer {
  const { method, authority, scheme, httpVersion } = x.request;
  return Buffer.concat([
    field(2, method),
    mapField(3, headers),
    field(4, target(x)),
    field(5, authority),
    field(6, scheme),
    numberField(9, x.body?.length === undefined ? 0n : BigInt(x.body.length ?? UNKNOWN_SIZE)),
    field(10, PROTOCOLS[httpVersion]),
  ]);
}

/** `AttributeContext.Peer` with `Address.socket_address` and the User, where one was identified. */
function peer(address: string, principal: string): Buffer {
  const socketAddress = field(2, address);
  return Buffer.concat([field(1, field(1, socketAddress)), field(4, principal)]);
}

/** The path that policies saw, and the query without what proves to us who asks. */
function target({ request: { path }, outgoing }: Exchange): string {
  const { query } = outgoing!;
  return query === '' ? path : `${path}?${query}`;
}

/** Joined as HTTP has it (RFC 9110 5.3, RFC 9113 8.2.3); with the pseudo fields that servers expect among them. */
function headersOf(x: Exchange, chosen: ReadonlySet<string> | null): ReadonlyMap<string, string> {
  const { method, scheme, authority } = x.request;
  const joined = new Map([
    [':method', method],
    [':scheme', scheme],
    [':authority', authority],
    [':path', target(x)],
  ]);
  for (const [name, value] of x.outgoing!.headers) {
    if (chosen === null ? name === 'x-request-id' : !chosen.has(name)) continue;
    const before = joined.get(name);
    const separator = name === 'cookie' ? '; ' : ',';
    joined.set(name, before === undefined ? readable(value) : `${before}${separator}${readable(value)}`);
  }
  return joined;
}

/** One character is one octet in a header; texts of Protocol Buffers are UTF-8, and octets that are none are replaced. */
function readable(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}
