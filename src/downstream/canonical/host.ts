import { isIPv4, isIPv6 } from 'node:net';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { isDigits, isHostText, ownText } from './characters.ts';

export type Scheme = 'http' | 'https';

/** A host with its port, in the one spelling that everything compares (RFC 9110 4.2.3). */
export interface CanonicalHost {
  /** Lower case, IPv6 in brackets, without port and trailing dot. */
  readonly host: string;
  /** `host`, or `host:port` where the port is not the scheme's own. */
  readonly authority: string;
}

const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };
/** RFC 1035 2.3.4. */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/** What was read lately: the requests of a connection name the same host. Emptied when it is full. */
const known: Readonly<Record<Scheme, Map<string, CanonicalHost>>> = { http: new Map(), https: new Map() };
const MOST_KNOWN = 512;

/** `text` is the value of a Host field or the authority of a request target. */
export function canonicalHost(text: string, scheme: Scheme): CanonicalHost | Refusal {
  return known[scheme].get(text) ?? learn(text, scheme);
}

/** What is kept is cut from a copy, which is made of what was found to be ASCII. */
function learn(text: string, scheme: Scheme): CanonicalHost | Refusal {
  const host = read(text, scheme);
  if ('kind' in host) return host;
  const own = ownText(text);
  if (known[scheme].size === MOST_KNOWN) known[scheme].clear();
  known[scheme].set(own, read(own, scheme) as CanonicalHost);
  return host;
}

function read(text: string, scheme: Scheme): CanonicalHost | Refusal {
  const colon = portColon(text);
  const host = canonicalName(colon < 0 ? text : text.slice(0, colon));
  const port = colon < 0 ? DEFAULT_PORTS[scheme] : parsePort(text.slice(colon + 1));
  if (host === null || port === null) return refuse('bad-host', 'it is not a host name or address with a valid port');
  return { host, authority: port === DEFAULT_PORTS[scheme] ? host : `${host}:${port}` };
}

/** Where the port begins, -1 when there is none; the colons of an IPv6 address stand inside brackets. */
function portColon(text: string): number {
  return text.indexOf(':', text.charCodeAt(0) === 0x5b ? text.indexOf(']') + 1 : 0);
}

function parsePort(text: string): number | null {
  if (!isDigits(text) || text.length > 5 || text.charCodeAt(0) === 0x30) return null;
  const port = Number(text);
  return port <= 65535 ? port : null;
}

function canonicalName(text: string): string | null {
  if (text.charCodeAt(0) === 0x5b) return canonicalIpv6(text);
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length > LONGEST_NAME || !isHostText(name)) return null;
  const labels = name.split('.');
  if (!labels.every((label) => label.length > 0 && label.length <= LONGEST_LABEL)) return null;
  return isNumeric(labels[labels.length - 1] as string) && !isIPv4(name) ? null : name;
}

/** WHATWG URL 3.5: a name that ends in a number is an address, and only the dotted decimal form is one for us. */
function isNumeric(label: string): boolean {
  // `0x` alone is zero there.
  return isDigits(label) || label === '0x' || (label.startsWith('0x') && Number.isInteger(Number(label)));
}

/** An address has many spellings; the WHATWG parser gives the one of RFC 5952. */
function canonicalIpv6(text: string): string | null {
  const address = text.slice(1, -1);
  if (!text.endsWith(']') || address.includes('%') || !isIPv6(address)) return null;
  return new URL(`http://[${address}]`).hostname;
}
