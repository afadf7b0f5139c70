import { isIP } from 'node:net';
import { CidrSet, parseCidr, unmapped } from '../../base/cidr.ts';

/** One rule: names it fits, and the port it is limited to. */
interface NameRule {
  readonly name: string;
  /** Not the name itself. */
  readonly onlyBelow: boolean;
  readonly port: number | null;
}

const LOOPBACK = new CidrSet(['127.0.0.0/8', '::1/128']);

/**
 * Which upstreams are reached without a proxy, as Go reads `no_proxy`: `*`, addresses and CIDR blocks, names (with
 * every name below them), `.name` and `*.name` (only those below it), each with or without a port. Loopback never
 * goes through a proxy: the proxy's loopback is another host.
 */
export class NoProxyList {
  readonly #everything: boolean;
  readonly #blocks: CidrSet;
  readonly #names: readonly NameRule[];

  constructor(text: string) {
    const entries = text
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((entry) => entry !== '');
    this.#everything = entries.includes('*');
    this.#blocks = new CidrSet(entries.filter((entry) => parseCidr(entry) !== null));
    this.#names = entries.filter((entry) => parseCidr(entry) === null).map(parseRule);
  }

  /** `host`: lower case, an IPv6 address without brackets. */
  has(host: string, port: number): boolean {
    if (this.#everything || host === 'localhost' || host.endsWith('.localhost') || LOOPBACK.has(host)) return true;
    if (isIP(host) !== 0 && this.#blocks.has(host)) return true;
    return this.#names.some((rule) => fits(rule, host, port));
  }
}

function parseRule(entry: string): NameRule {
  const { host, port } = splitPort(entry);
  const suffix = host.startsWith('*.') ? host.slice(1) : host;
  const onlyBelow = suffix.startsWith('.');
  return { name: unmapped(onlyBelow ? suffix.slice(1) : suffix), onlyBelow, port };
}

function splitPort(entry: string): { host: string; port: number | null } {
  const match = /^(.*):(\d{1,5})$/.exec(entry);
  const host = match === null ? entry : (match[1] as string);
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return { host: bare, port: match === null ? null : Number(match[2]) };
}

function fits({ name, onlyBelow, port }: NameRule, host: string, hostPort: number): boolean {
  if (port !== null && port !== hostPort) return false;
  if (host === name) return !onlyBelow;
  return name !== '' && isIP(host) === 0 && host.endsWith(`.${name}`);
}
