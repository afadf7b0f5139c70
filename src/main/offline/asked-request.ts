import { isIP } from 'node:net';
import { AppError } from '../../base/errors.ts';
import { isHeaderValue, isToken } from '../../base/header-text.ts';
import { canonicalise } from '../../downstream/canonical/index.ts';
import type { RequestHead } from '../../gateway/exchange.ts';
import type { Refusal } from '../../gateway/outcome.ts';
import type { Snapshot } from '../../gateway/snapshot.ts';

/** A request that nobody sent. */
export interface AskedRequest {
  readonly method: string;
  /** Absolute, such as `https://api.example.com/v1/x?y=1`. */
  readonly url: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | null;
  /** The peer; `127.0.0.1` when left out. Behind a trusted proxy, forwarding headers count as they would. */
  readonly clientAddress?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Who asks when nobody says so. */
export const OWN_PEER = '127.0.0.1';

const URL_PARTS = /^(https?):\/\/([^/?#]+)([^#]*)/i;

/**
 * The head of a request as the gateway would make it of what came over HTTP/2, or why it would refuse to.
 *
 * @throws AppError `usage` for what is no request at all
 */
export function headOf(snapshot: Pick<Snapshot, 'trustedProxies'>, asked: AskedRequest): RequestHead | Refusal {
  const [, scheme, authority, rest] = URL_PARTS.exec(asked.url) ?? [];
  if (scheme === undefined || authority === undefined || rest === undefined) {
    throw new AppError('usage', `"${asked.url}" is no URL with a host, such as https://api.example.com/v1`);
  }
  const peerAddress = asked.clientAddress ?? OWN_PEER;
  if (isIP(peerAddress) === 0) throw new AppError('usage', `"${peerAddress}" is no IP address, such as 10.0.0.7`);
  const raw = {
    method: asked.method,
    target: rest.startsWith('/') ? rest : `/${rest}`,
    httpVersion: '2' as const,
    upgrade: null,
    headers: ['host', authority, ...(asked.headers ?? []).flatMap(field)],
  };
  const facts = {
    peerAddress,
    scheme: scheme.toLowerCase() === 'http' ? ('http' as const) : ('https' as const),
    tls: null,
    mayAsk: () => true,
  };
  return canonicalise(raw, facts, snapshot);
}

function field([name, value]: readonly [string, string]): [string, string] {
  if (isToken(name) && isHeaderValue(value)) return [name.toLowerCase(), value];
  throw new AppError('usage', `"${name}: ${value}" is no header field`);
}
