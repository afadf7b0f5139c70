import { isIP } from 'node:net';
import { type CidrSet, unmapped } from '../../base/cidr.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import type { Scheme } from './host.ts';

/**
 * The client's address behind trusted proxies: the rightmost entry of X-Forwarded-For that is not itself a trusted
 * proxy. Each trusted hop appended the address that it saw, so everything left of that entry is hearsay.
 */
export function clientAddress(peer: string, headers: HeaderList, trustedProxies: CidrSet): string {
  let nearest = peer;
  for (const entry of forwardedFor(headers).reverse()) {
    const address = addressOf(entry);
    if (address === null) return nearest;
    nearest = address;
    if (!trustedProxies.has(address)) return nearest;
  }
  return nearest;
}

function forwardedFor(headers: HeaderList): string[] {
  return headers.all('x-forwarded-for').flatMap((value) => value.split(','));
}

/** Proxies write `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` and `[2001:db8::1]:4711`. */
function addressOf(entry: string): string | null {
  const text = entry.trim();
  if (isIP(text) !== 0) return unmapped(text);
  const bare = text.startsWith('[') ? text.slice(1, text.indexOf(']')) : text.slice(0, text.lastIndexOf(':'));
  return isIP(bare) !== 0 ? unmapped(bare) : null;
}

/** What a trusted proxy says about the scheme, else that of the connection. Two answers are none: refused. */
export function statedScheme(connection: Scheme, headers: HeaderList): Scheme | Refusal {
  const values = headers.all('x-forwarded-proto');
  if (values.length === 0) return connection;
  const value = (values[0] as string).toLowerCase();
  if (values.length > 1 || (value !== 'http' && value !== 'https')) {
    return refuse('bad-header', 'X-Forwarded-Proto of a trusted proxy is neither http nor https');
  }
  return value;
}
